// Stopwatch measures how long programs take from the start of their process
// until they become postgres, which /bench/postgres plays.
//
//	stopwatch ROUNDS PROGRAM [ARGUMENT…] [-- PROGRAM [ARGUMENT…]]…
//
// It runs them in turn and prints a line for each run: the program's place in
// the arguments, nanoseconds, and the peak memory in kB of it and its children.
// It sees the exec itself, as the kernel opens the file, and so measures nothing
// of what comes after.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const limit = 10 * time.Second // of one run

func main() {
	log.SetFlags(0)
	if len(os.Args) < 3 {
		log.Fatal("usage: stopwatch ROUNDS PROGRAM [ARGUMENT…] [-- PROGRAM [ARGUMENT…]]…")
	}
	rounds, err := strconv.Atoi(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	opened, err := watch("/bench/postgres")
	if err = errors.Join(err, os.Setenv("PATH", "/bench:"+os.Getenv("PATH"))); err != nil {
		log.Fatal(err)
	}
	programs := split(os.Args[2:])
	for range rounds {
		for place, words := range programs {
			took, peak, err := measure(words, opened)
			if err != nil {
				log.Fatalf("%s: %v", strings.Join(words, " "), err)
			}
			fmt.Println(place, took.Nanoseconds(), peak)
		}
	}
}

// split divides arguments at each "--".
func split(words []string) [][]string {
	programs := [][]string{nil}
	for _, word := range words {
		if word == "--" {
			programs = append(programs, nil)
			continue
		}
		last := len(programs) - 1
		programs[last] = append(programs[last], word)
	}
	return programs
}

// watch returns a descriptor that becomes readable whenever path is opened.
func watch(path string) (int, error) {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return 0, err
	}
	_, err = unix.InotifyAddWatch(fd, path, unix.IN_OPEN)
	return fd, err
}

func measure(words []string, opened int) (took time.Duration, peak int64, err error) {
	if err := forget(opened); err != nil {
		return 0, 0, err
	}
	var said bytes.Buffer
	command := exec.Command(words[0], words[1:]...)
	command.Stdout, command.Stderr = &said, &said
	began := time.Now()
	if err := command.Start(); err != nil {
		return 0, 0, err
	}
	err = await(opened)
	took = time.Since(began)
	if err != nil {
		err = errors.Join(err, command.Process.Kill())
	}
	if err = errors.Join(err, command.Wait()); err != nil {
		return 0, 0, fmt.Errorf("%w\n%s", err, &said)
	}
	return took, command.ProcessState.SysUsage().(*syscall.Rusage).Maxrss, nil
}

// await waits until postgres is opened.
func await(opened int) error {
	for {
		ready, err := unix.Poll([]unix.PollFd{{Fd: int32(opened), Events: unix.POLLIN}}, int(limit.Milliseconds()))
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err == nil && ready == 0:
			return fmt.Errorf("did not become postgres within %v", limit)
		}
		return err
	}
}

// forget takes what the earlier runs have left to be read.
func forget(opened int) error {
	for events := make([]byte, 4096); ; {
		_, err := unix.Read(opened, events)
		switch {
		case errors.Is(err, unix.EAGAIN):
			return nil
		case err != nil && !errors.Is(err, unix.EINTR):
			return err
		}
	}
}
