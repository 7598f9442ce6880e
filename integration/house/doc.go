// House prints how the program is built: for each package its lines, imports,
// exported names and largest type, then the longest functions and the long files. Run
// it from the top of the repository; make house does.
//
// It reads source only, and judges nothing: the limits are tests of package
// entrypoint.
package main
