package walk;

import static walk.Check.equal;
import static walk.Check.eventually;
import static walk.Check.invalid;
import static walk.Check.refused;
import static walk.Check.that;
import static walk.Check.with;
import static walk.Complete.complete;
import static walk.World.ACME;

import com.svix.api.Message;
import com.svix.api.MessageCreateOptions;
import com.svix.api.MessageGetOptions;
import com.svix.api.MessageListOptions;
import com.svix.models.ApplicationIn;
import com.svix.models.MessageIn;
import com.svix.models.MessageOut;
import com.svix.models.MessagePrecheckIn;
import com.svix.models.Ordering;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Messages of the application acme. */
final class Messages {
    private final Walk walk;
    private final World world;
    private final Message messages;

    Messages(Walk walk, World world) {
        this.walk = walk;
        this.world = world;
        this.messages = world.svix().getMessage();
    }

    void take() throws Walk.Ended {
        create();
        createOnce();
        createForSome();
        createSpecially();
        read();
        list();
        precheck();
    }

    private static MessageIn message(String eventType, String payload) {
        return new MessageIn().eventType(eventType).payload(payload);
    }

    private void create() throws Walk.Ended {
        var due = message("invoice.due", "{\"n\": 1}").eventId("due-1");
        var paid = message("order.paid", "{\"total\": 10}").eventId("paid-1").tags(Set.of("vip"));
        walk.step(
                "message.create: sends",
                () -> {
                    var made = complete(messages.create(ACME, due));
                    equal(made.getEventId(), "due-1");
                    equal(made.getEventType(), "invoice.due");
                    made = messages.create(ACME, paid);
                    equal(made.getEventId(), "paid-1");
                    equal(made.getTags(), Set.of("vip"));
                    that(made.getTimestamp().isAfter(world.start()), made);
                });
        walk.step(
                "message.create: an eventId that exists is refused with 409",
                () -> refused(409, () -> messages.create(ACME, paid)));
        walk.step(
                "message.create: payload when asked for",
                () -> {
                    for (boolean withContent : new boolean[] {true, false}) {
                        var options = new MessageCreateOptions();
                        options.setWithContent(withContent);
                        var shipped = message("order.shipped", "{\"n\": 2}");
                        var made = messages.create(ACME, shipped, options);
                        equal(made.getPayload(), withContent ? Map.of("n", 2) : Map.of());
                    }
                });
    }

    private void createOnce() throws Walk.Ended {
        walk.step(
                "message.create: a key that was used gives the first answer",
                () -> {
                    var options = new MessageCreateOptions();
                    options.setIdempotencyKey("walk-1");
                    var shipped = message("order.shipped", "{\"n\": 3}");
                    var first = messages.create(ACME, shipped, options);
                    var second = messages.create(ACME, shipped, options);
                    equal(second.getId(), first.getId());
                    var another = message("order.shipped", "{\"n\": 4}");
                    invalid("idempotency-key", () -> messages.create(ACME, another, options));
                });
    }

    private void createForSome() throws Walk.Ended {
        walk.step(
                "message.create: channels",
                () -> {
                    var regional =
                            message("order.cancelled", "{\"n\": 5}").channels(Set.of("eu"));
                    var made = messages.create(ACME, regional);
                    equal(made.getChannels(), Set.of("eu"));
                    var attempts = world.svix().getMessageAttempt();
                    var destinations =
                            eventually(
                                    "the message has a destination",
                                    () -> {
                                        var all =
                                                attempts.listAttemptedDestinations(
                                                        ACME, made.getId());
                                        return Optional.of(all.getData())
                                                .filter(list -> !list.isEmpty());
                                    });
                    var uids = destinations.stream().map(to -> to.getUid()).toList();
                    equal(uids, List.of("regional"));
                });
        walk.none("message.create: later");
    }

    private void createSpecially() throws Walk.Ended {
        walk.step(
                "message.create: with a retention of its own",
                () -> {
                    var shipped = message("order.shipped", "{\"n\": 6}");
                    messages.create(ACME, shipped.payloadRetentionPeriod(5L));
                    shipped = message("order.shipped", "{\"n\": 7}");
                    messages.create(ACME, shipped.payloadRetentionHours(24L));
                });
        walk.step(
                "message.create: raw text",
                () -> {
                    var raw = Message.messageInRaw("<order id=\"1\">é</order>", "text/xml");
                    var made = messages.create(ACME, raw.eventType("text.raw"));
                    var attempts = world.svix().getMessageAttempt();
                    eventually(
                            "the raw text was taken",
                            () ->
                                    attempts.listByMsg(ACME, made.getId()).getData().stream()
                                            .filter(it -> it.getResponseStatusCode() == 204)
                                            .findFirst());
                });
        walk.step(
                "message.create: with its application",
                () -> {
                    var newcomer = new ApplicationIn().name("Newcomer").uid("newcomer");
                    var first = message("order.paid", "{\"total\": 12}").application(newcomer);
                    messages.create("newcomer", first);
                    equal(world.svix().getApplication().get("newcomer").getName(), "Newcomer");
                });
    }

    private void read() throws Walk.Ended {
        walk.step(
                "message.get: reads by id and by eventId",
                () -> {
                    var byEventId = complete(messages.get(ACME, "paid-1"));
                    equal(messages.get(ACME, byEventId.getId()), byEventId);
                    equal(byEventId.getEventType(), "order.paid");
                    equal(byEventId.getTags(), Set.of("vip"));
                });
        walk.step(
                "message.get: payload when asked for",
                () -> {
                    for (boolean withContent : new boolean[] {true, false}) {
                        var options = new MessageGetOptions();
                        options.setWithContent(withContent);
                        var got = messages.get(ACME, "paid-1", options);
                        equal(got.getPayload(), withContent ? Map.of("total", 10) : Map.of());
                    }
                });
    }

    private void list() throws Walk.Ended {
        Pages pages = new Pages(2, this::page);
        walk.step("message.list: pages forward", pages::forward);
        walk.step("message.list: pages back", pages::back);
        walk.step(
                "message.list: by tag, channel, event type and time",
                () -> {
                    var all = listed(new MessageListOptions());
                    var got = listed(with(new MessageListOptions(), it -> it.setTag("vip")));
                    equal(got.stream().map(MessageOut::getEventId).toList(), List.of("paid-1"));
                    got = listed(with(new MessageListOptions(), it -> it.setChannel("eu")));
                    equal(
                            got.stream().map(MessageOut::getEventType).toList(),
                            List.of("order.cancelled"));
                    var due = Set.of("invoice.due");
                    got = listed(with(new MessageListOptions(), it -> it.setEventTypes(due)));
                    equal(got.stream().map(MessageOut::getEventId).toList(), List.of("due-1"));
                    var start = world.start();
                    got = listed(with(new MessageListOptions(), it -> it.setBefore(start)));
                    equal(got, List.of());
                    got = listed(with(new MessageListOptions(), it -> it.setAfter(start)));
                    equal(got, all);
                });
    }

    private List<MessageOut> listed(MessageListOptions options) throws Exception {
        return messages.list(ACME, options).getData();
    }

    private Pages.Page page(long limit, String iterator, Ordering order) throws Exception {
        var options = new MessageListOptions();
        options.setLimit(limit);
        options.setIterator(iterator);
        var got = messages.list(ACME, options);
        return Pages.Page.of(
                got.getData(),
                MessageOut::getId,
                got.getIterator(),
                got.getPrevIterator(),
                got.getDone());
    }

    private void precheck() throws Walk.Ended {
        walk.step(
                "message.precheck: says whether anybody listens",
                () -> {
                    var paid = new MessagePrecheckIn().eventType("order.paid");
                    equal(messages.precheck(ACME, paid).getActive(), true);
                    var sent = new MessagePrecheckIn().eventType("invoice.sent");
                    equal(messages.precheck(ACME, sent).getActive(), false);
                });
    }
}
