package main

import (
	"strings"

	svix "github.com/svix/svix-webhooks/go"
	"github.com/svix/svix-webhooks/go/models"
)

var noTask = "qtask_" + strings.Repeat("2", 27)

func taskPages(w *world) pageAt {
	return func(c cursor) page {
		list := tasks(w, svix.BackgroundTaskListOptions{
			Limit: c.limit, Iterator: c.iterator, Order: c.order,
		})
		return pageOf(list.Data, taskID, list.Done, list.Iterator, list.PrevIterator)
	}
}

func tasks(
	w *world, options svix.BackgroundTaskListOptions,
) *models.ListResponseBackgroundTaskOut {
	return got(w.sdk.BackgroundTask.List(ctx, &options))
}

func taskID(one models.BackgroundTaskOut) string { return one.Id }

// follow waits until a task that was started is finished.
func follow(w *world, id string, kind, wanted models.BackgroundTaskType) {
	equal(kind, wanted)
	eventually(func() {
		task := got(w.sdk.BackgroundTask.Get(ctx, id))
		equal(task.Status, models.BACKGROUNDTASKSTATUS_FINISHED)
	})
}

func payloadOf(w *world, msgID string) payload {
	options := svix.MessageGetOptions{WithContent: ptr(true)}
	return got(w.sdk.Message.Get(ctx, acme, msgID, &options)).Payload
}

func recoverySteps() {
	step("endpoint.recover: sends again what failed", func(w *world) {
		mended := models.EndpointPatch{Url: ptr(w.receiver + "/ok/mended")}
		got(w.sdk.Endpoint.Patch(ctx, acme, "failing", mended))
		asked := models.RecoverIn{Since: w.start}
		started := got(w.sdk.Endpoint.Recover(ctx, acme, "failing", asked, nil))
		w.recoverID = started.Id
		follow(w, started.Id, started.Task, models.BACKGROUNDTASKTYPE_ENDPOINT_RECOVER)
		waitForStatus(w, w.dueID, w.failingID, models.MESSAGESTATUSTEXT_SUCCESS)
	})

	step("endpoint.replay-missing: sends what was never tried", func(w *world) {
		late := models.EndpointIn{
			Url: w.receiver + "/ok/late", Uid: ptr("late"), FilterTypes: []string{"order.paid"},
		}
		w.lateID = got(w.sdk.Endpoint.Create(ctx, acme, late, nil)).Id
		asked := models.ReplayIn{Since: w.start}
		started := got(w.sdk.Endpoint.ReplayMissing(ctx, acme, "late", asked, nil))
		follow(w, started.Id, started.Task, models.BACKGROUNDTASKTYPE_ENDPOINT_REPLAY)
		waitForStatus(w, w.paidID, w.lateID, models.MESSAGESTATUSTEXT_SUCCESS)
	})

	step("endpoint.bulk-replay: sends again what is asked for", func(w *world) {
		asked := models.BulkReplayIn{
			Since:      w.start,
			EventTypes: []string{"order.paid"},
			Status:     ptr(models.MESSAGESTATUS_SUCCESS),
		}
		started := got(w.sdk.Endpoint.BulkReplay(ctx, acme, "late", asked, nil))
		follow(w, started.Id, started.Task, models.BACKGROUNDTASKTYPE_ENDPOINT_BULK_REPLAY)
		eventually(func() {
			equal(len(byMessage(w, w.paidID, byMessageOptions{EndpointId: &w.lateID}).Data), 2)
		})
	})

	taskSteps()
	expungeSteps()
}

func taskSteps() {
	step("background-task.get: reads", func(w *world) {
		task := got(w.sdk.BackgroundTask.Get(ctx, w.recoverID))
		equal(task.Status, models.BACKGROUNDTASKSTATUS_FINISHED)
		equal(task.Task, models.BACKGROUNDTASKTYPE_ENDPOINT_RECOVER)
		holds(task.Data != nil, "its data is no object")
	})

	step("background-task.get: what is not there is refused with 404", func(w *world) {
		_, err := w.sdk.BackgroundTask.Get(ctx, noTask)
		refused(404, err)
	})

	step("background-task.list: pages forward", func(w *world) {
		pagesForward(w, taskPages(w), 1)
		equal(len(w.pages), 3)
	})

	step("background-task.list: pages back", func(w *world) { pagesBack(w, taskPages(w), 1) })

	step("background-task.list: order", func(w *world) { bothOrders(taskPages(w)) })

	step("background-task.list: by status and kind", func(w *world) {
		finished := svix.BackgroundTaskListOptions{
			Status: ptr(models.BACKGROUNDTASKSTATUS_FINISHED),
		}
		equal(len(tasks(w, finished).Data), 3)
		recoveries := svix.BackgroundTaskListOptions{
			Task: ptr(models.BACKGROUNDTASKTYPE_ENDPOINT_RECOVER),
		}
		equal(idsOf(tasks(w, recoveries).Data, taskID), []string{w.recoverID})
	})
}

func expungeSteps() {
	expired := payload{"expired": true}

	step("message.expunge-content: takes the payload away", func(w *world) {
		check(w.sdk.Message.ExpungeContent(ctx, acme, w.dueID))
		equal(payloadOf(w, w.dueID), expired)
	})

	step("message.bulk-expunge-content: says what became of each", nil)

	step("message.expunge-all-contents: takes all payloads away", func(w *world) {
		started := got(w.sdk.Message.ExpungeAllContents(ctx, acme, nil))
		follow(w, started.Id, started.Task, models.BACKGROUNDTASKTYPE_APPLICATION_PURGE_CONTENT)
		equal(payloadOf(w, w.paidID), expired)
	})
}
