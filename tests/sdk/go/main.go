// Command walk walks through the whole API by the official Go SDK; ../steps.txt says what each step
// does.
package main

import "os"

func main() {
	w := newWorld()
	// In the order of the walk.
	for _, add := range []func(){
		operationalSteps,
		eventTypeSteps,
		applicationSteps,
		endpointSteps,
		messageSteps,
		attemptSteps,
		recoverySteps,
		pollingSteps,
		accessSteps,
	} {
		add()
	}
	os.Exit(walk(w))
}
