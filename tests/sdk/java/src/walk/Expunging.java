package walk;

import static walk.Check.equal;
import static walk.Check.finished;
import static walk.Complete.complete;
import static walk.World.ACME;

import com.svix.api.Message;
import com.svix.api.MessageGetOptions;
import com.svix.models.BackgroundTaskType;
import com.svix.models.ExpungeAllContentsOut;

import java.util.Map;

/** Taking payloads away: of one message and of all. */
final class Expunging {
    private static final Map<String, Boolean> GONE = Map.of("expired", true);

    private final Walk walk;
    private final World world;
    private final Message messages;

    Expunging(Walk walk, World world) {
        this.walk = walk;
        this.world = world;
        this.messages = world.svix().getMessage();
    }

    void take() throws Walk.Ended {
        walk.step(
                "message.expunge-content: takes the payload away",
                () -> {
                    messages.expungeContent(ACME, "due-1");
                    equal(payload("due-1"), GONE);
                });
        walk.none("message.bulk-expunge-content: says what became of each");
        walk.step(
                "message.expunge-all-contents: takes all payloads away",
                () -> {
                    String path = "/app/acme/msg/expunge-all-contents";
                    var answer = World.post(world.svix(), path, ExpungeAllContentsOut.class);
                    var task = complete(answer);
                    equal(task.getTask(), BackgroundTaskType.APPLICATION_PURGE_CONTENT);
                    finished(world.svix(), task.getId());
                    equal(payload("paid-1"), GONE);
                });
    }

    private Object payload(String message) throws Exception {
        var options = new MessageGetOptions();
        options.setWithContent(true);
        return messages.get(ACME, message, options).getPayload();
    }
}
