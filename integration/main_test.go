//go:build integration

package integration

import (
	"fmt"
	"os"
	"testing"
)

// Both images are built once, as compose builds them, and removed with everything else.
func TestMain(m *testing.M) {
	root := newFolder("../compose", "--env-file", os.DevNull)
	if output, err := root.try("build"); err != nil {
		fmt.Fprintf(os.Stderr, "build the images: %v\n%s\nRun the integration tests with make integration, which prepares what they need.\n", err, output)
		os.Exit(1)
	}
	status := m.Run()
	docker("image", "rm", "--force", image("master"), image("slave"))
	os.Exit(status)
}
