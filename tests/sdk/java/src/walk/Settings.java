package walk;

import static walk.Check.equal;
import static walk.Check.that;
import static walk.Complete.complete;

import com.svix.api.Environment;
import com.svix.models.EnvironmentIn;
import com.svix.models.EnvironmentOut;
import com.svix.models.EventTypeIn;

import java.util.List;

/** The settings of the organization, out and in. */
final class Settings {
    private final Walk walk;
    private final World world;

    Settings(Walk walk, World world) {
        this.walk = walk;
        this.world = world;
    }

    void take() throws Walk.Ended {
        walk.step(
                "environment.export: shows the event types",
                () -> {
                    var exported =
                            World.post(world.svix(), "/environment/export", EnvironmentOut.class);
                    var types = exported.getEventTypes().stream();
                    complete(exported);
                    that(types.anyMatch(type -> type.getName().equals("order.paid")), exported);
                });
        walk.step(
                "environment.import: adds event types",
                () -> {
                    var along = new EventTypeIn().name("came.along").description("Came along");
                    var settings = new EnvironmentIn().eventTypes(List.of(along));
                    new Environment(world.svix().getHttpClient()).import_(settings);
                    var got = world.svix().getEventType().get("came.along");
                    equal(got.getDescription(), "Came along");
                });
    }
}
