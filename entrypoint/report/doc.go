// Package report is what status, doctor and slots print: a Report, a Diagnosis
// and a SlotList are made from a doctor.Seen alone, and print themselves as text
// for people or as JSON for programs.
//
// It looks at nothing and judges nothing: what is wrong, and what to type
// against it, package doctor says.
package report
