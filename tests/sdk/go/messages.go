package main

import (
	"time"

	svix "github.com/svix/svix-webhooks/go"
	"github.com/svix/svix-webhooks/go/models"
)

type payload = map[string]any

func messagePages(w *world) pageAt {
	return func(c cursor) page {
		list := got(w.sdk.Message.List(ctx, acme, &svix.MessageListOptions{
			Limit: c.limit, Iterator: c.iterator,
		}))
		return pageOf(list.Data, messageID, list.Done, list.Iterator, list.PrevIterator)
	}
}

func messageID(one models.MessageOut) string { return one.Id }

// send sends a message to acme.
func send(w *world, message models.MessageIn, o *svix.MessageCreateOptions) *models.MessageOut {
	if message.Payload == nil {
		message.Payload = payload{}
	}
	return got(w.sdk.Message.Create(ctx, acme, message, o))
}

// ship sends an order.shipped, which goes to the endpoint hook.
func ship(w *world, message models.MessageIn, o *svix.MessageCreateOptions) *models.MessageOut {
	message.EventType = "order.shipped"
	made := send(w, message, o)
	w.toHook = append(w.toHook, made.Id)
	return made
}

// waitForAttempts waits until a message has so many attempts; it gives them, the newest first.
func waitForAttempts(w *world, msgID string, count int) (attempts []models.MessageAttemptOut) {
	eventually(func() {
		attempts = got(w.sdk.MessageAttempt.ListByMsg(ctx, acme, msgID, nil)).Data
		holds(len(attempts) >= count, "%d attempts instead of %d", len(attempts), count)
	})
	return attempts
}

func messageSteps() {
	step("message.create: sends", func(w *world) {
		due := models.MessageIn{
			EventType: "invoice.due", Payload: payload{"n": 1}, EventId: ptr("due-1"),
		}
		w.dueID = send(w, due, nil).Id
		made := send(w, models.MessageIn{
			EventType: "order.paid",
			Payload:   payload{"total": 10},
			EventId:   ptr("paid-1"),
			Tags:      []string{"vip"},
		}, nil)
		w.paidID = made.Id
		w.toHook = []string{made.Id}
		equal(made.EventType, "order.paid")
		is(made.EventId, "paid-1")
		equal(made.Tags, []string{"vip"})
	})

	step("message.create: an eventId that exists is refused with 409", func(w *world) {
		again := models.MessageIn{
			EventType: "order.paid", Payload: payload{}, EventId: ptr("paid-1"),
		}
		_, err := w.sdk.Message.Create(ctx, acme, again, nil)
		refused(409, err)
	})

	step("message.create: payload when asked for", func(w *world) {
		for _, asked := range []bool{true, false} {
			options := svix.MessageCreateOptions{WithContent: &asked}
			made := ship(w, models.MessageIn{Payload: payload{"n": 2.0}}, &options)
			equal(made.Payload, map[bool]payload{true: {"n": 2.0}, false: {}}[asked])
		}
	})

	step("message.create: a key that was used gives the first answer", func(w *world) {
		options := svix.MessageCreateOptions{IdempotencyKey: ptr("walk-1")}
		message := models.MessageIn{EventType: "order.shipped", Payload: payload{"n": 3}}
		first := ship(w, message, &options)
		equal(send(w, message, &options).Id, first.Id)
		message.Payload = payload{"n": 4}
		_, err := w.sdk.Message.Create(ctx, acme, message, &options)
		refused(422, err)
	})

	step("message.create: channels", func(w *world) {
		eu := []string{"eu"}
		made := send(w, models.MessageIn{EventType: "order.cancelled", Channels: eu}, nil)
		w.channelID = made.Id
		equal(made.Channels, eu)
		waitForAttempts(w, made.Id, 1)
		reached := got(w.sdk.MessageAttempt.ListAttemptedDestinations(ctx, acme, made.Id, nil))
		equal(idsOf(reached.Data, destinationID), []string{w.regionalID})
	})

	step("message.create: later", func(w *world) {
		then := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
		message := models.MessageIn{
			EventType: "order.paid", Payload: payload{"total": 11}, DeliverAt: &then,
		}
		made := send(w, message, nil)
		holds(made.DeliverAt != nil && made.DeliverAt.Equal(then), "found %v", made.DeliverAt)
		attempts := got(w.sdk.MessageAttempt.ListByMsg(ctx, acme, made.Id, nil))
		equal(len(attempts.Data), 0)
	})

	step("message.create: with a retention of its own", func(w *world) {
		ship(w, models.MessageIn{PayloadRetentionPeriod: ptr(int64(5))}, nil)
		ship(w, models.MessageIn{PayloadRetentionHours: ptr(int64(24))}, nil)
	})

	step("message.create: raw text", func(w *world) {
		message := svix.NewMessageInRaw("text.raw", `<order id="1">é</order>`, ptr("text/xml"))
		made := send(w, *message, nil)
		equal(waitForAttempts(w, made.Id, 1)[0].ResponseStatusCode, 204)
	})

	step("message.create: with its application", func(w *world) {
		message := models.MessageIn{
			EventType:   "order.paid",
			Payload:     payload{},
			Application: &models.ApplicationIn{Name: "Newcomer", Uid: ptr("newcomer")},
		}
		got(w.sdk.Message.Create(ctx, "newcomer", message, nil))
		equal(got(w.sdk.Application.Get(ctx, "newcomer")).Name, "Newcomer")
	})

	readingSteps()
}

func readingSteps() {
	step("message.get: reads by id and by eventId", func(w *world) {
		byID := got(w.sdk.Message.Get(ctx, acme, w.paidID, nil))
		equal(byID, got(w.sdk.Message.Get(ctx, acme, "paid-1", nil)))
		equal(byID.EventType, "order.paid")
	})

	step("message.get: payload when asked for", func(w *world) {
		for asked, wanted := range map[bool]payload{true: {"total": 10.0}, false: {}} {
			options := svix.MessageGetOptions{WithContent: &asked}
			equal(got(w.sdk.Message.Get(ctx, acme, w.paidID, &options)).Payload, wanted)
		}
	})

	step("message.list: pages forward", func(w *world) { pagesForward(w, messagePages(w), 2) })

	step("message.list: pages back", func(w *world) { pagesBack(w, messagePages(w), 2) })

	step("message.list: by tag, channel, event type and time", func(w *world) {
		found := func(options svix.MessageListOptions) []string {
			return idsOf(got(w.sdk.Message.List(ctx, acme, &options)).Data, messageID)
		}
		equal(found(svix.MessageListOptions{Tag: ptr("vip")}), []string{w.paidID})
		equal(found(svix.MessageListOptions{Channel: ptr("eu")}), []string{w.channelID})
		due := []string{"invoice.due"}
		equal(found(svix.MessageListOptions{EventTypes: &due}), []string{w.dueID})
		equal(found(svix.MessageListOptions{Before: &w.start}), []string{})
		all := found(svix.MessageListOptions{})
		equal(found(svix.MessageListOptions{After: &w.start}), all)
	})

	step("message.precheck: says whether anybody listens", func(w *world) {
		for name, listens := range map[string]bool{"order.paid": true, "invoice.sent": false} {
			asked := models.MessagePrecheckIn{EventType: name}
			equal(got(w.sdk.Message.Precheck(ctx, acme, asked, nil)).Active, listens)
		}
	})
}
