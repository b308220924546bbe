//go:build race

package main

// raceDetector: the program under test takes several times the memory.
const raceDetector = true
