package walk;

import static walk.Check.equal;
import static walk.Check.eventually;
import static walk.Check.refused;
import static walk.Check.that;
import static walk.Check.with;
import static walk.Complete.complete;
import static walk.World.ACME;

import com.svix.api.EndpointGetStatsOptions;
import com.svix.api.MessageAttempt;
import com.svix.api.MessageAttemptListAttemptedMessagesOptions;
import com.svix.api.MessageAttemptListByEndpointOptions;
import com.svix.api.MessageAttemptListByMsgOptions;
import com.svix.models.EmptyResponse;
import com.svix.models.EndpointMessageOut;
import com.svix.models.EventExampleIn;
import com.svix.models.MessageAttemptOut;
import com.svix.models.MessageAttemptTriggerType;
import com.svix.models.MessageIn;
import com.svix.models.MessageStatus;
import com.svix.models.MessageStatusText;
import com.svix.models.Ordering;
import com.svix.models.StatusCodeClass;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Attempts: lists by message and by endpoint, resending, statistics. */
final class Attempts {
    private final Walk walk;
    private final World world;
    private final MessageAttempt attempts;

    Attempts(Walk walk, World world) {
        this.walk = walk;
        this.world = world;
        this.attempts = world.svix().getMessageAttempt();
    }

    void take() throws Walk.Ended {
        read();
        byEndpoint();
        byMessage();
        attempted();
        resend();
        expunge();
        statistics();
        example();
    }

    /** Waits until an endpoint got so many attempts of a message, and gives them. */
    static List<MessageAttemptOut> waitFor(World world, String message, String endpoint, int count)
            throws Exception {
        var options = new MessageAttemptListByMsgOptions();
        options.setEndpointId(endpoint);
        return eventually(
                "the attempts were made",
                () -> {
                    var attempts = world.svix().getMessageAttempt();
                    var made = attempts.listByMsg(ACME, message, options).getData();
                    return Optional.of(complete(made)).filter(list -> list.size() >= count);
                });
    }

    private void read() throws Walk.Ended {
        walk.step(
                "message-attempt.list-by-msg: waits for the attempt",
                () -> {
                    var made = waitFor(world, "paid-1", "hook", 1);
                    equal(made.size(), 1);
                    var attempt = made.get(0);
                    equal(attempt.getStatus(), MessageStatus.SUCCESS);
                    equal(attempt.getStatusText(), MessageStatusText.SUCCESS);
                    equal((int) attempt.getResponseStatusCode(), 204);
                    equal(attempt.getTriggerType(), MessageAttemptTriggerType.SCHEDULED);
                    equal(attempt.getUrl(), World.receiver("/ok"));
                    var hook = world.svix().getEndpoint().get(ACME, "hook");
                    equal(attempt.getEndpointId(), hook.getId());
                });
        walk.step(
                "message-attempt.get: reads",
                () -> {
                    var listed = waitFor(world, "paid-1", "hook", 1).get(0);
                    equal(attempts.get(ACME, "paid-1", listed.getId()), listed);
                });
        String missing = "atmpt_" + "2".repeat(27);
        walk.step(
                "message-attempt.get: what is not there is refused with 404",
                () -> refused(404, () -> attempts.get(ACME, "paid-1", missing)));
    }

    private List<MessageAttemptOut> of(
            String endpoint, MessageAttemptListByEndpointOptions options) throws Exception {
        return attempts.listByEndpoint(ACME, endpoint, options).getData();
    }

    private void byEndpoint() throws Walk.Ended {
        Pages pages = new Pages(2, this::ofHook);
        walk.step(
                "message-attempt.list-by-endpoint: pages forward",
                () -> {
                    for (int n = 11; n <= 15; n++) {
                        var shipped = new MessageIn().eventType("order.shipped");
                        shipped.setPayload("{\"n\": " + n + "}");
                        var made = world.svix().getMessage().create(ACME, shipped);
                        waitFor(world, made.getId(), "hook", 1);
                    }
                    pages.forward();
                });
        walk.step("message-attempt.list-by-endpoint: pages back", pages::back);
        walk.step(
                "message-attempt.list-by-endpoint:"
                        + " with its message, by status, class and event type",
                this::byEndpointSome);
    }

    private Pages.Page ofHook(long limit, String iterator, Ordering order) throws Exception {
        var options = new MessageAttemptListByEndpointOptions();
        options.setLimit(limit);
        options.setIterator(iterator);
        var got = attempts.listByEndpoint(ACME, "hook", options);
        return Pages.Page.of(
                got.getData(),
                MessageAttemptOut::getId,
                got.getIterator(),
                got.getPrevIterator(),
                got.getDone());
    }

    private void byEndpointSome() throws Exception {
        var withMessage =
                with(new MessageAttemptListByEndpointOptions(), it -> it.setWithMsg(true));
        var got = of("hook", withMessage);
        that(!got.isEmpty(), got);
        for (var attempt : got) {
            equal(attempt.getMsg().getId(), attempt.getMsgId());
        }
        var failed =
                with(
                        new MessageAttemptListByEndpointOptions(),
                        it -> it.setStatus(MessageStatus.FAIL));
        equal(of("hook", failed), List.of());
        var serverErrors =
                with(
                        new MessageAttemptListByEndpointOptions(),
                        it -> it.setStatusCodeClass(StatusCodeClass.CODE5XX));
        got =
                eventually(
                        "failing has failed",
                        () ->
                                Optional.of(of("failing", serverErrors))
                                        .filter(list -> !list.isEmpty()));
        that(got.stream().allMatch(it -> it.getResponseStatusCode() == 500), got);
        var ofPaid =
                with(
                        new MessageAttemptListByEndpointOptions(),
                        it -> it.setEventTypes(Set.of("order.paid")));
        var messages = of("hook", ofPaid).stream().map(MessageAttemptOut::getMsgId).toList();
        equal(messages, List.of(world.svix().getMessage().get(ACME, "paid-1").getId()));
    }

    private void byMessage() throws Walk.Ended {
        Pages pages = new Pages(1, this::ofDue);
        walk.step(
                "message-attempt.list-by-msg: pages forward",
                () -> {
                    eventually(
                            "due-1 has failed for good",
                            () ->
                                    attempts
                                            .listAttemptedDestinations(ACME, "due-1")
                                            .getData()
                                            .stream()
                                            .filter(it -> it.getStatus() == MessageStatus.FAIL)
                                            .filter(it -> it.getNextAttempt() == null)
                                            .findFirst());
                    equal(attempts.listByMsg(ACME, "due-1").getData().size(), 3);
                    pages.forward();
                });
        walk.step("message-attempt.list-by-msg: pages back", pages::back);
        walk.step(
                "message-attempt.list-by-msg: with the answer, by endpoint",
                () -> {
                    var options = new MessageAttemptListByMsgOptions();
                    options.setWithContent(true);
                    var made = attempts.listByMsg(ACME, "due-1", options).getData();
                    equal(made.size(), 3);
                    that(
                            made.stream().allMatch(it -> it.getResponse().equals("out of order")),
                            made);
                    var ofHook = new MessageAttemptListByMsgOptions();
                    ofHook.setEndpointId("hook");
                    equal(attempts.listByMsg(ACME, "due-1", ofHook).getData(), List.of());
                });
    }

    private Pages.Page ofDue(long limit, String iterator, Ordering order) throws Exception {
        var options = new MessageAttemptListByMsgOptions();
        options.setLimit(limit);
        options.setIterator(iterator);
        var got = attempts.listByMsg(ACME, "due-1", options);
        return Pages.Page.of(
                got.getData(),
                MessageAttemptOut::getId,
                got.getIterator(),
                got.getPrevIterator(),
                got.getDone());
    }

    private void attempted() throws Walk.Ended {
        Pages pages = new Pages(2, this::messagesOfHook);
        walk.step(
                "message-attempt.list-attempted-messages: pages forward",
                () -> {
                    for (var message : attempts.listAttemptedMessages(ACME, "hook").getData()) {
                        that(message.getId().startsWith("msg_"), message);
                        that(!message.getEventType().isEmpty(), message);
                        that(message.getStatus() != MessageStatus.FAIL, message);
                    }
                    pages.forward();
                });
        walk.step("message-attempt.list-attempted-messages: pages back", pages::back);
        walk.step(
                "message-attempt.list-attempted-destinations: reads",
                () -> {
                    var list = attempts.listAttemptedDestinations(ACME, "due-1");
                    var got = complete(list).getData();
                    equal(got.size(), 1);
                    var failing = world.svix().getEndpoint().get(ACME, "failing");
                    equal(got.get(0).getId(), failing.getId());
                    equal(got.get(0).getUrl(), failing.getUrl());
                    equal(got.get(0).getStatus(), MessageStatus.FAIL);
                    equal(got.get(0).getStatusText(), MessageStatusText.FAIL);
                });
    }

    private Pages.Page messagesOfHook(long limit, String iterator, Ordering order)
            throws Exception {
        var options = new MessageAttemptListAttemptedMessagesOptions();
        options.setLimit(limit);
        options.setIterator(iterator);
        var got = attempts.listAttemptedMessages(ACME, "hook", options);
        return Pages.Page.of(
                got.getData(),
                EndpointMessageOut::getId,
                got.getIterator(),
                got.getPrevIterator(),
                got.getDone());
    }

    private void resend() throws Walk.Ended {
        walk.step(
                "message-attempt.resend: makes one more attempt",
                () -> {
                    String path = "/app/acme/msg/paid-1/endpoint/hook/resend";
                    World.post(world.svix(), path, EmptyResponse.class);
                    var made = waitFor(world, "paid-1", "hook", 2);
                    equal(made.size(), 2);
                    var kinds = made.stream().map(MessageAttemptOut::getTriggerType);
                    equal(kinds.filter(MessageAttemptTriggerType.MANUAL::equals).count(), 1L);
                });
    }

    private void expunge() throws Walk.Ended {
        walk.step(
                "message-attempt.expunge-content: takes the answer away",
                () -> {
                    var made = attempts.listByMsg(ACME, "due-1").getData();
                    String first = made.get(made.size() - 1).getId();
                    equal(attempts.get(ACME, "due-1", first).getResponse(), "out of order");
                    attempts.expungeContent(ACME, "due-1", first);
                    String left = attempts.get(ACME, "due-1", first).getResponse();
                    that(!left.equals("out of order"), left);
                });
    }

    private void statistics() throws Walk.Ended {
        walk.step(
                "endpoint.get-stats: counts",
                () -> {
                    var options = new EndpointGetStatsOptions();
                    options.setSince(world.start());
                    var endpoints = world.svix().getEndpoint();
                    var hook = complete(endpoints.getStats(ACME, "hook", options));
                    that(hook.getSuccess() >= 7 && hook.getFail() == 0, hook);
                    equal(endpoints.getStats(ACME, "failing", options).getFail(), 1L);
                });
    }

    private void example() throws Walk.Ended {
        walk.step(
                "endpoint.send-example: sends",
                () -> {
                    var example = new EventExampleIn().eventType("order.paid");
                    var endpoints = world.svix().getEndpoint();
                    var sent = complete(endpoints.sendExample(ACME, "hook", example));
                    equal(sent.getEventType(), "order.paid");
                    waitFor(world, sent.getId(), "hook", 1);
                });
    }
}
