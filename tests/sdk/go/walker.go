package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"time"

	svix "github.com/svix/svix-webhooks/go"
)

// How long a thing that should happen soon may take on a busy machine.
const (
	deadline = 20 * time.Second
	pause    = 50 * time.Millisecond
)

var ctx = context.Background()

// world is the server, the receiver, and what earlier steps made.
type world struct {
	receiver string
	sdk      *svix.Svix
	start    time.Time
	pages    []page

	operationalID, acmeID, firstAppID            string
	hookID, failingID, regionalID, lateID        string
	hookSecret, givenSecret                      string
	dueID, paidID, channelID                     string
	toHook                                       []string
	paidAttemptID, dueAttemptID, recoverID, next string
	firstSession, secondSession                  *svix.Svix
}

func newWorld() *world {
	return &world{
		receiver: os.Getenv("HOOKWIRE_RECEIVER_URL"),
		sdk:      client(os.Getenv("HOOKWIRE_TOKEN")),
		start:    time.Now().Add(-time.Minute),
	}
}

// client makes an SDK client; without retries, because the first answer counts.
func client(token string) *svix.Svix {
	server, err := url.Parse(os.Getenv("HOOKWIRE_URL"))
	check(err)
	options := svix.SvixOptions{ServerUrl: server, RetrySchedule: &[]time.Duration{}}
	sdk, err := svix.New(token, &options)
	check(err)
	return sdk
}

// ---- steps --------------------------------------------------------------------------------------

type namedStep struct {
	name string
	take func(*world)
}

var steps []namedStep

// step makes a function of the world the next step of the walk; nil is one that the SDK cannot take.
func step(name string, take func(*world)) {
	steps = append(steps, namedStep{name, take})
}

// failed is what a step panics with when it did not find what it must.
type failed struct{ why string }

// walk takes every step and prints how it went; it gives the exit code.
func walk(w *world) int {
	code := 0
	for _, one := range steps {
		if one.take == nil {
			fmt.Printf("none %s: the SDK has no such method\n", one.name)
		} else if why, ok := attempt(func() { one.take(w) }); ok {
			fmt.Printf("ok  %s\n", one.name)
		} else {
			fmt.Printf("FAIL %s: %s\n", one.name, why)
			code = 1
			if os.Getenv("HOOKWIRE_WALK_ON") != "1" {
				break
			}
		}
	}
	return code
}

// attempt runs something that may fail; it gives why it did.
func attempt(something func()) (why string, ok bool) {
	defer func() {
		if reason := recover(); reason != nil {
			why, ok = fmt.Sprint(reason), false
			if failure, is := reason.(failed); is {
				why = failure.why
			}
		}
	}()
	something()
	return "", true
}

// ---- finding out --------------------------------------------------------------------------------

// holds fails the step unless the condition is true.
func holds(condition bool, what string, values ...any) {
	if !condition {
		panic(failed{fmt.Sprintf(what, values...)})
	}
}

// equal fails the step unless both are equal.
func equal[T any](found, wanted T) {
	holds(reflect.DeepEqual(found, wanted), "found %#v instead of %#v", found, wanted)
}

// is fails the step unless there is a value and it is this one.
func is[T any](found *T, wanted T) {
	holds(found != nil, "found nothing instead of %#v", wanted)
	equal(*found, wanted)
}

// absent fails the step if there is a value.
func absent[T any](found *T) {
	holds(found == nil, "found a value instead of null")
}

// check fails the step on an error, and shows what the server said.
func check(err error) {
	var refusal *svix.Error
	if errors.As(err, &refusal) {
		holds(false, "%d %s", refusal.Status(), refusal.Body())
	}
	holds(err == nil, "%v", err)
}

// got gives the answer of a call. It fails the step where the answer lacks a time or an id: Go
// leaves such a field empty, silently.
func got[T any](answer *T, err error) *T {
	check(err)
	holds(answer != nil, "the answer is empty")
	complete(reflect.ValueOf(answer))
	return answer
}

func complete(value reflect.Value) {
	switch value.Kind() {
	case reflect.Pointer:
		if !value.IsNil() {
			complete(value.Elem())
		}
	case reflect.Slice:
		for n := 0; n < value.Len(); n++ {
			complete(value.Index(n))
		}
	case reflect.Struct:
		if at, isTime := value.Interface().(time.Time); isTime {
			holds(!at.IsZero(), "the answer lacks a time")
			return
		}
		for n := 0; n < value.NumField(); n++ {
			name, field := value.Type().Field(n).Name, value.Field(n)
			holds(name != "Id" || !field.IsZero(), "the answer lacks an id")
			if value.Type().Field(n).IsExported() {
				complete(field)
			}
		}
	}
}

// eventually asks again until the condition does not fail.
func eventually(condition func()) {
	until := time.Now().Add(deadline)
	for {
		why, ok := attempt(condition)
		if ok {
			return
		}
		holds(time.Now().Before(until), "not within %s: %s", deadline, why)
		time.Sleep(pause)
	}
}

// refused fails the step unless the error is an answer of this status and of full shape; it gives
// where a 422 says that the fault is.
func refused(status int, err error) []string {
	var refusal *svix.Error
	holds(err != nil, "it was not refused with %d", status)
	holds(errors.As(err, &refusal), "%v", err)
	equal(refusal.Status(), status)
	if status == 422 {
		var body struct {
			Detail []struct {
				Loc       []string
				Msg, Type string
			}
		}
		check(json.Unmarshal(refusal.Body(), &body))
		holds(len(body.Detail) > 0 && body.Detail[0].Msg != "", "it says nothing")
		return body.Detail[0].Loc
	}
	var body struct{ Code, Detail string }
	check(json.Unmarshal(refusal.Body(), &body))
	holds(body.Code != "" && body.Detail != "", "code or detail is missing")
	return nil
}

func ptr[T any](value T) *T { return &value }
