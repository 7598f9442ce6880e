// Package file opens files at paths where somebody else may have put anything: a
// FIFO, a device, a link that leads away, 20 GB. Nothing that lies there holds,
// leads or fills this process.
package file
