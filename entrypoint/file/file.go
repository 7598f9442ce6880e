package file

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// How large the files may be that this program reads, in bytes.
const (
	MostNote = 64 << 10 // our own marks, and what PostgreSQL writes for other programs
	MostOwn  = 1 << 20  // what this program keeps of a volume, and the history of a timeline
	MostConf = 8 << 20  // a configuration file: it may have a line for each client
)

// An Unfit says that a path holds something that cannot be read as a file.
type Unfit struct{ Path, What string }

func (u *Unfit) Error() string { return u.Path + " " + u.What }

// Open opens a file, or the file that a link leads to, for reading. It opens
// nothing that could wait for somebody else, as a FIFO does.
func Open(path string) (*os.File, error) {
	opened, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if errors.Is(err, unix.ENXIO) {
		return nil, &Unfit{path, "is a socket, not a file"} // or a device without a driver
	}
	if err != nil {
		return nil, err
	}
	info, err := opened.Stat()
	if err == nil && info.Mode().IsRegular() {
		return opened, nil
	}
	_ = opened.Close()
	if err == nil {
		err = &Unfit{path, Kind(info.Mode())}
	}
	return nil, err
}

// Read returns the text of a file that holds at most most bytes.
func Read(path string, most int64) ([]byte, error) {
	opened, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	info, err := opened.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > most {
		return nil, &Unfit{path, TooLarge(info.Size(), most)}
	}
	text := make([]byte, info.Size()+1) // one byte more: a file that grew is read on
	n, err := io.ReadFull(opened, text)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return text[:n], nil
	case err != nil:
		return nil, err
	}
	rest, err := io.ReadAll(io.LimitReader(opened, most+1-int64(n)))
	if text = append(text, rest...); err == nil && int64(len(text)) > most {
		return nil, &Unfit{path, TooLarge(int64(len(text)), most)}
	}
	return text, err
}

// TooLarge says of a file that it has more bytes than are read.
func TooLarge(size, most int64) string {
	return fmt.Sprintf("is larger than %d bytes: it has %d", most, size)
}

// Kind says of something that is not a file what it is.
func Kind(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return "is a FIFO, not a file"
	case mode&fs.ModeSocket != 0:
		return "is a socket, not a file"
	case mode&fs.ModeSymlink != 0:
		return "is a symbolic link, not a file"
	case mode.IsDir():
		return "is a folder, not a file"
	}
	return "is not a file"
}

// New makes an empty file that belongs to nobody else, readable by its owner alone.
// What lies at its path goes, and is neither opened nor followed; a folder stays,
// and is an error.
func New(path string) (*os.File, error) {
	made, err := create(path)
	if !errors.Is(err, fs.ErrExist) {
		return made, err
	}
	if err := unix.Unlink(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		if info, errStat := os.Lstat(path); errStat == nil && info.IsDir() {
			return nil, &Unfit{path, Kind(info.Mode())}
		}
		return nil, &fs.PathError{Op: "unlink", Path: path, Err: err}
	}
	return create(path)
}

func create(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|unix.O_NOFOLLOW, 0o600)
}

// Note writes a text that only tells people, in place of the one before. It does
// not wait, and follows no link.
func Note(path, text string) error {
	opened, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0o600)
	if err != nil {
		return err
	}
	_, err = opened.WriteString(text)
	return errors.Join(err, opened.Close())
}
