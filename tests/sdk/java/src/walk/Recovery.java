package walk;

import static walk.Check.equal;
import static walk.Check.eventually;
import static walk.Check.finished;
import static walk.Check.refused;
import static walk.Check.that;
import static walk.Check.with;
import static walk.Complete.complete;
import static walk.World.ACME;

import com.svix.api.BackgroundTask;
import com.svix.api.BackgroundTaskListOptions;
import com.svix.api.Endpoint;
import com.svix.models.BackgroundTaskOut;
import com.svix.models.BackgroundTaskStatus;
import com.svix.models.BackgroundTaskType;
import com.svix.models.BulkReplayIn;
import com.svix.models.EndpointIn;
import com.svix.models.EndpointPatch;
import com.svix.models.MessageStatus;
import com.svix.models.Ordering;
import com.svix.models.RecoverIn;
import com.svix.models.ReplayIn;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Background tasks: what sends again, followed to its end. */
final class Recovery {
    private final Walk walk;
    private final World world;
    private final Endpoint endpoints;
    private final BackgroundTask tasks;

    Recovery(Walk walk, World world) {
        this.walk = walk;
        this.world = world;
        this.endpoints = world.svix().getEndpoint();
        this.tasks = world.svix().getBackgroundTask();
    }

    void take() throws Walk.Ended {
        recover();
        replay();
        read();
        list();
    }

    /** Waits until a message's delivery to an endpoint is a success. */
    private void delivered(String message, String endpoint) throws Exception {
        eventually(
                "the delivery is a success",
                () ->
                        world
                                .svix()
                                .getMessageAttempt()
                                .listAttemptedDestinations(ACME, message)
                                .getData()
                                .stream()
                                .filter(to -> endpoint.equals(to.getUid()))
                                .filter(to -> to.getStatus() == MessageStatus.SUCCESS)
                                .findFirst());
    }

    private void recover() throws Walk.Ended {
        walk.step(
                "endpoint.recover: sends again what failed",
                () -> {
                    var mended = new EndpointPatch().url(World.receiver("/ok/mended"));
                    endpoints.patch(ACME, "failing", mended);
                    var since = new RecoverIn().since(world.start());
                    var task = complete(endpoints.recover(ACME, "failing", since));
                    equal(task.getTask(), BackgroundTaskType.ENDPOINT_RECOVER);
                    finished(world.svix(), task.getId());
                    delivered("due-1", "failing");
                });
    }

    private void replay() throws Walk.Ended {
        walk.step(
                "endpoint.replay-missing: sends what was never tried",
                () -> {
                    var late = new EndpointIn().uid("late").url(World.receiver("/ok/late"));
                    endpoints.create(ACME, late.filterTypes(Set.of("order.paid")));
                    var since = new ReplayIn().since(world.start());
                    var task = complete(endpoints.replayMissing(ACME, "late", since));
                    equal(task.getTask(), BackgroundTaskType.ENDPOINT_REPLAY);
                    finished(world.svix(), task.getId());
                    delivered("paid-1", "late");
                });
        walk.step(
                "endpoint.bulk-replay: sends again what is asked for",
                () -> {
                    var choice =
                            new BulkReplayIn()
                                    .since(world.start())
                                    .eventTypes(Set.of("order.paid"))
                                    .status(MessageStatus.SUCCESS);
                    var task = complete(endpoints.bulkReplay(ACME, "late", choice));
                    equal(task.getTask(), BackgroundTaskType.ENDPOINT_BULK_REPLAY);
                    finished(world.svix(), task.getId());
                    equal(Attempts.waitFor(world, "paid-1", "late", 2).size(), 2);
                });
    }

    private static BackgroundTaskListOptions ofKind(BackgroundTaskType kind) {
        return with(new BackgroundTaskListOptions(), it -> it.setTask(kind));
    }

    private void read() throws Walk.Ended {
        walk.step(
                "background-task.get: reads",
                () -> {
                    var listed = tasks.list(ofKind(BackgroundTaskType.ENDPOINT_RECOVER)).getData();
                    equal(listed.size(), 1);
                    var got = complete(tasks.get(listed.get(0).getId()));
                    equal(got.getStatus(), BackgroundTaskStatus.FINISHED);
                    equal(got.getTask(), BackgroundTaskType.ENDPOINT_RECOVER);
                    that(got.getData() instanceof Map, got);
                });
        walk.step(
                "background-task.get: what is not there is refused with 404",
                () -> refused(404, () -> tasks.get("qtask_" + "2".repeat(27))));
    }

    private void list() throws Walk.Ended {
        Pages pages = new Pages(1, this::page);
        walk.step("background-task.list: pages forward", pages::forward);
        walk.step("background-task.list: pages back", pages::back);
        walk.step("background-task.list: order", pages::order);
        walk.step(
                "background-task.list: by status and kind",
                () -> {
                    var options = new BackgroundTaskListOptions();
                    options.setStatus(BackgroundTaskStatus.FINISHED);
                    var got = tasks.list(options).getData();
                    that(got.size() == 3, got);
                    var kind = BackgroundTaskType.ENDPOINT_RECOVER;
                    var kinds = tasks.list(ofKind(kind)).getData().stream();
                    equal(kinds.map(BackgroundTaskOut::getTask).toList(), List.of(kind));
                });
    }

    private Pages.Page page(long limit, String iterator, Ordering order) throws Exception {
        var options = new BackgroundTaskListOptions();
        options.setLimit(limit);
        options.setIterator(iterator);
        options.setOrder(order);
        var got = tasks.list(options);
        return Pages.Page.of(
                got.getData(),
                BackgroundTaskOut::getId,
                got.getIterator(),
                got.getPrevIterator(),
                got.getDone());
    }
}
