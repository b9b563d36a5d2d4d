package walk;

import static walk.Check.equal;
import static walk.Check.that;
import static walk.Complete.complete;

import com.svix.api.MessagePoller;
import com.svix.api.MessagePollerConsumerPollOptions;
import com.svix.api.MessagePollerPollOptions;
import com.svix.models.ApplicationIn;
import com.svix.models.MessageIn;
import com.svix.models.PollingEndpointConsumerSeekIn;
import com.svix.models.PollingEndpointOut;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The polling endpoint, of an application without endpoints. */
final class Polling {
    private static final String READER = "reader";
    private static final String SINK = "inbox";

    private final Walk walk;
    private final World world;
    private final MessagePoller poller;

    Polling(Walk walk, World world) {
        this.walk = walk;
        this.world = world;
        this.poller = world.svix().getMessage().getPoller();
    }

    void take() throws Walk.Ended {
        poll();
        consume();
    }

    /** The numbers that the payloads carry. */
    private static List<?> numbers(PollingEndpointOut page) {
        var payloads = page.getData().stream().map(message -> (Map<?, ?>) message.getPayload());
        return payloads.map(payload -> payload.get("n")).toList();
    }

    private void poll() throws Walk.Ended {
        walk.step(
                "message.poller.poll: reads in order",
                () -> {
                    fill();
                    List<Object> seen = new ArrayList<>();
                    var options = new MessagePollerPollOptions();
                    options.setLimit(2L);
                    PollingEndpointOut page;
                    do {
                        page = complete(poller.poll(READER, SINK, options));
                        seen.addAll(numbers(page));
                        options.setIterator(page.getIterator());
                        // One that gives more than there is does not come to an end.
                        that(seen.size() <= 5, seen);
                    } while (!page.getDone());
                    equal(seen, List.of(1, 2, 3, 4, 5));
                });
        walk.step(
                "message.poller.poll: by event type",
                () -> {
                    var options = new MessagePollerPollOptions();
                    options.setEventType("n.two");
                    var page = complete(poller.poll(READER, SINK, options));
                    equal(numbers(page), List.of(3));
                    equal(page.getData().get(0).getEventType(), "n.two");
                });
    }

    private void fill() throws Exception {
        var reader = new ApplicationIn().name("Reader").uid(READER);
        world.svix().getApplication().create(reader);
        for (int n = 1; n <= 5; n++) {
            var message = new MessageIn().eventType(n == 3 ? "n.two" : "n.one");
            world.svix().getMessage().create(READER, message.payload("{\"n\": " + n + "}"));
        }
    }

    private PollingEndpointOut consumed(String iterator) throws Exception {
        var options = new MessagePollerConsumerPollOptions();
        options.setLimit(2L);
        options.setIterator(iterator);
        return complete(poller.consumerPoll(READER, SINK, "c", options));
    }

    private void consume() throws Walk.Ended {
        String[] first = new String[1];
        walk.step(
                "message.poller.consumer-poll: begins with the oldest",
                () -> {
                    var page = consumed(null);
                    equal(numbers(page), List.of(1, 2));
                    first[0] = page.getIterator();
                });
        walk.step(
                "message.poller.consumer-poll: shows again what was not committed",
                () -> equal(numbers(consumed(null)), List.of(1, 2)));
        walk.step(
                "message.poller.consumer-poll: goes on behind what was committed",
                () -> {
                    equal(numbers(consumed(first[0])), List.of(3, 4));
                    equal(numbers(consumed(null)), List.of(3, 4));
                });
        walk.step(
                "message.poller.consumer-seek: goes back",
                () -> {
                    var place = new PollingEndpointConsumerSeekIn().after(world.start());
                    var answer = poller.consumerSeek(READER, SINK, "c", place);
                    that(!answer.getIterator().isEmpty(), answer);
                    equal(numbers(consumed(null)), List.of(1, 2));
                });
    }
}
