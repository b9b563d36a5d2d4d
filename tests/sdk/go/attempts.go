package main

import (
	"slices"
	"strings"

	svix "github.com/svix/svix-webhooks/go"
	"github.com/svix/svix-webhooks/go/models"
)

var noAttempt = "atmpt_" + strings.Repeat("2", 27)

type (
	byEndpointOptions = svix.MessageAttemptListByEndpointOptions
	byMessageOptions  = svix.MessageAttemptListByMsgOptions
	messagesOptions   = svix.MessageAttemptListAttemptedMessagesOptions
)

func attemptID(one models.MessageAttemptOut) string { return one.Id }

func destinationID(one models.MessageEndpointOut) string { return one.Id }

func byEndpoint(w *world, id string, o byEndpointOptions) *models.ListResponseMessageAttemptOut {
	return got(w.sdk.MessageAttempt.ListByEndpoint(ctx, acme, id, &o))
}

func byMessage(w *world, id string, o byMessageOptions) *models.ListResponseMessageAttemptOut {
	return got(w.sdk.MessageAttempt.ListByMsg(ctx, acme, id, &o))
}

func byEndpointPages(w *world) pageAt {
	return func(c cursor) page {
		o := byEndpointOptions{Limit: c.limit, Iterator: c.iterator}
		list := byEndpoint(w, w.hookID, o)
		return pageOf(list.Data, attemptID, list.Done, list.Iterator, list.PrevIterator)
	}
}

func byMessagePages(w *world) pageAt {
	return func(c cursor) page {
		o := byMessageOptions{Limit: c.limit, Iterator: c.iterator}
		list := byMessage(w, w.dueID, o)
		return pageOf(list.Data, attemptID, list.Done, list.Iterator, list.PrevIterator)
	}
}

func attemptedPages(w *world) pageAt {
	return func(c cursor) page {
		o := messagesOptions{Limit: c.limit, Iterator: c.iterator}
		list := got(w.sdk.MessageAttempt.ListAttemptedMessages(ctx, acme, w.hookID, &o))
		id := func(one models.EndpointMessageOut) string { return one.Id }
		return pageOf(list.Data, id, list.Done, list.Iterator, list.PrevIterator)
	}
}

// waitForStatus waits until a message is in a status at an endpoint; it gives what became of it.
func waitForStatus(
	w *world, msgID, endpointID string, status models.MessageStatusText,
) (found models.MessageEndpointOut) {
	eventually(func() {
		list := got(w.sdk.MessageAttempt.ListAttemptedDestinations(ctx, acme, msgID, nil))
		n := slices.Index(idsOf(list.Data, destinationID), endpointID)
		holds(n >= 0, "it has no delivery there")
		found = list.Data[n]
		equal(found.StatusText, status)
	})
	return found
}

func attemptSteps() {
	step("message-attempt.list-by-msg: waits for the attempt", func(w *world) {
		attempts := waitForAttempts(w, w.paidID, 1)
		equal(len(attempts), 1)
		attempt := attempts[0]
		w.paidAttemptID = attempt.Id
		equal(attempt.Status, models.MESSAGESTATUS_SUCCESS)
		equal(attempt.StatusText, models.MESSAGESTATUSTEXT_SUCCESS)
		equal(attempt.ResponseStatusCode, 204)
		equal(attempt.TriggerType, models.MESSAGEATTEMPTTRIGGERTYPE_SCHEDULED)
		equal(attempt.Url, w.receiver+"/ok")
		equal(attempt.EndpointId, w.hookID)
	})

	step("message-attempt.get: reads", func(w *world) {
		attempt := got(w.sdk.MessageAttempt.Get(ctx, acme, w.paidID, w.paidAttemptID, nil))
		equal(attempt.Id, w.paidAttemptID)
		equal(attempt.MsgId, w.paidID)
	})

	step("message-attempt.get: what is not there is refused with 404", func(w *world) {
		_, err := w.sdk.MessageAttempt.Get(ctx, acme, w.paidID, noAttempt, nil)
		refused(404, err)
	})

	step("message-attempt.list-by-endpoint: pages forward", func(w *world) {
		for n := 10; n < 15; n++ {
			ship(w, models.MessageIn{Payload: payload{"n": n}}, nil)
		}
		for _, msgID := range w.toHook {
			waitForAttempts(w, msgID, 1)
		}
		pagesForward(w, byEndpointPages(w), 2)
	})

	step("message-attempt.list-by-endpoint: pages back", func(w *world) {
		pagesBack(w, byEndpointPages(w), 2)
	})

	step(
		"message-attempt.list-by-endpoint: with its message, by status, class and event type",
		func(w *world) {
			for _, attempt := range byEndpoint(w, w.hookID, byEndpointOptions{
				WithMsg: ptr(true),
			}).Data {
				holds(attempt.Msg != nil, "it has no message")
				equal(attempt.Msg.Id, attempt.MsgId)
			}
			equal(len(byEndpoint(w, w.hookID, byEndpointOptions{
				Status: ptr(models.MESSAGESTATUS_FAIL),
			}).Data), 0)
			failed := byEndpoint(w, w.failingID, byEndpointOptions{
				StatusCodeClass: ptr(models.STATUSCODECLASS_CODE5XX),
			}).Data
			holds(len(failed) > 0, "there is none")
			for _, attempt := range failed {
				equal(attempt.ResponseStatusCode, 500)
			}
			paid := byEndpoint(w, w.hookID, byEndpointOptions{EventTypes: &[]string{"order.paid"}})
			equal(idsOf(paid.Data, attemptID), []string{w.paidAttemptID})
		},
	)

	step("message-attempt.list-by-msg: pages forward", func(w *world) {
		failed := waitForStatus(w, w.dueID, w.failingID, models.MESSAGESTATUSTEXT_FAIL)
		equal(failed.Status, models.MESSAGESTATUS_FAIL)
		absent(failed.NextAttempt)
		pagesForward(w, byMessagePages(w), 1)
		equal(len(w.pages), 3)
		w.dueAttemptID = w.pages[2].ids[0]
	})

	step("message-attempt.list-by-msg: pages back", func(w *world) {
		pagesBack(w, byMessagePages(w), 1)
	})

	step("message-attempt.list-by-msg: with the answer, by endpoint", func(w *world) {
		for _, attempt := range byMessage(w, w.dueID, byMessageOptions{
			WithContent: ptr(true),
		}).Data {
			equal(attempt.Response, "out of order")
		}
		elsewhere := byMessage(w, w.dueID, byMessageOptions{EndpointId: &w.hookID})
		equal(len(elsewhere.Data), 0)
	})

	destinationSteps()
	manualSteps()
}

func destinationSteps() {
	step("message-attempt.list-attempted-messages: pages forward", func(w *world) {
		pagesForward(w, attemptedPages(w), 2)
		list := got(w.sdk.MessageAttempt.ListAttemptedMessages(ctx, acme, w.hookID, nil))
		for _, message := range list.Data {
			holds(message.EventType != "" && message.StatusText != "", "a field is missing")
		}
	})

	step("message-attempt.list-attempted-messages: pages back", func(w *world) {
		pagesBack(w, attemptedPages(w), 2)
	})

	step("message-attempt.list-attempted-destinations: reads", func(w *world) {
		found := got(w.sdk.MessageAttempt.ListAttemptedDestinations(ctx, acme, w.dueID, nil))
		equal(idsOf(found.Data, destinationID), []string{w.failingID})
		equal(found.Data[0].Url, w.receiver+"/fail")
		holds(found.Done, "it is not done")
	})
}

func manualSteps() {
	step("message-attempt.resend: makes one more attempt", func(w *world) {
		got(w.sdk.MessageAttempt.Resend(ctx, acme, w.paidID, w.hookID, nil))
		attempts := waitForAttempts(w, w.paidID, 2)
		equal(attempts[0].TriggerType, models.MESSAGEATTEMPTTRIGGERTYPE_MANUAL)
		equal(attempts[1].TriggerType, models.MESSAGEATTEMPTTRIGGERTYPE_SCHEDULED)
	})

	step("message-attempt.expunge-content: takes the answer away", func(w *world) {
		check(w.sdk.MessageAttempt.ExpungeContent(ctx, acme, w.dueID, w.dueAttemptID))
		attempt := got(w.sdk.MessageAttempt.Get(ctx, acme, w.dueID, w.dueAttemptID, nil))
		holds(!strings.Contains(attempt.Response, "out of order"), "the answer is still there")
	})

	step("endpoint.get-stats: counts", func(w *world) {
		options := svix.EndpointGetStatsOptions{Since: &w.start}
		stats := got(w.sdk.Endpoint.GetStats(ctx, acme, w.hookID, &options))
		holds(stats.Success >= 7, "only %d successes", stats.Success)
		equal(stats.Fail, 0)
		equal(got(w.sdk.Endpoint.GetStats(ctx, acme, w.failingID, &options)).Fail, 1)
	})

	step("endpoint.send-example: sends", func(w *world) {
		asked := models.EventExampleIn{EventType: "order.paid"}
		made := got(w.sdk.Endpoint.SendExample(ctx, acme, "hook", asked, nil))
		equal(made.EventType, "order.paid")
		equal(waitForAttempts(w, made.Id, 1)[0].EndpointId, w.hookID)
	})
}
