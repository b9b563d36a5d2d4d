package main

import (
	svix "github.com/svix/svix-webhooks/go"
	"github.com/svix/svix-webhooks/go/models"
)

const reader, sink, consumer = "reader", "inbox", "c"

// poll gives a page that nobody remembers.
func poll(w *world, options svix.MessagePollerPollOptions) *models.PollingEndpointOut {
	return got(w.sdk.Message.Poller.Poll(ctx, reader, sink, &options))
}

// consume gives the consumer's next page of two.
func consume(w *world, iterator *string) *models.PollingEndpointOut {
	options := svix.MessagePollerConsumerPollOptions{Limit: ptr(uint64(2)), Iterator: iterator}
	return got(w.sdk.Message.Poller.ConsumerPoll(ctx, reader, sink, consumer, &options))
}

// numbers says which of the five messages a page has.
func numbers(page *models.PollingEndpointOut) []float64 {
	found := []float64{}
	for _, message := range page.Data {
		number, ok := message.Payload["n"].(float64)
		holds(ok, "the payload is %v", message.Payload)
		found = append(found, number)
	}
	return found
}

func pollingSteps() {
	step("message.poller.poll: reads in order", func(w *world) {
		application := models.ApplicationIn{Name: "Reader", Uid: ptr(reader)}
		got(w.sdk.Application.Create(ctx, application, nil))
		two := ptr(uint64(2))
		empty := poll(w, svix.MessagePollerPollOptions{Limit: two})
		equal(len(empty.Data), 0)
		equal(empty.Done, true)
		for n := 1; n <= 5; n++ {
			message := models.MessageIn{EventType: "n.one", Payload: payload{"n": n}}
			if n == 3 {
				message.EventType = "n.two"
			}
			got(w.sdk.Message.Create(ctx, reader, message, nil))
		}
		page := poll(w, svix.MessagePollerPollOptions{Limit: two, Iterator: &empty.Iterator})
		found := numbers(page)
		for !page.Done {
			holds(len(page.Data) > 0, "an empty page is not done")
			page = poll(w, svix.MessagePollerPollOptions{Limit: two, Iterator: &page.Iterator})
			found = append(found, numbers(page)...)
		}
		equal(found, []float64{1, 2, 3, 4, 5})
	})

	step("message.poller.poll: by event type", func(w *world) {
		options := svix.MessagePollerPollOptions{EventType: ptr("n.two")}
		equal(numbers(poll(w, options)), []float64{3})
	})

	step("message.poller.consumer-poll: begins with the oldest", func(w *world) {
		page := consume(w, nil)
		equal(numbers(page), []float64{1, 2})
		equal(page.Done, false)
	})

	step("message.poller.consumer-poll: shows again what was not committed", func(w *world) {
		page := consume(w, nil)
		equal(numbers(page), []float64{1, 2})
		w.next = page.Iterator
	})

	step("message.poller.consumer-poll: goes on behind what was committed", func(w *world) {
		equal(numbers(consume(w, &w.next)), []float64{3, 4})
		equal(numbers(consume(w, nil)), []float64{3, 4})
	})

	step("message.poller.consumer-seek: goes back", func(w *world) {
		target := models.PollingEndpointConsumerSeekIn{After: w.start}
		place := got(w.sdk.Message.Poller.ConsumerSeek(ctx, reader, sink, consumer, target, nil))
		holds(place.Iterator != "", "no iterator")
		equal(numbers(consume(w, nil)), []float64{1, 2})
	})
}
