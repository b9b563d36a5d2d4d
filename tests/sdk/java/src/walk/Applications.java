package walk;

import static walk.Check.equal;
import static walk.Check.refused;
import static walk.Complete.complete;

import com.svix.api.Application;
import com.svix.api.ApplicationListOptions;
import com.svix.models.ApplicationIn;
import com.svix.models.ApplicationOut;
import com.svix.models.ApplicationPatch;
import com.svix.models.Ordering;

import java.util.List;
import java.util.Map;

/** Applications. */
final class Applications {
    private final Walk walk;
    private final World world;
    private final Application applications;

    Applications(Walk walk, World world) {
        this.walk = walk;
        this.world = world;
        this.applications = world.svix().getApplication();
    }

    void take() throws Walk.Ended {
        create();
        read();
        upsert();
        patch();
        delete();
    }

    /** The end of the walk. */
    void end() throws Walk.Ended {
        walk.step(
                "application.delete: deletes what belongs to it",
                () -> {
                    applications.delete(World.ACME);
                    refused(404, () -> world.svix().getEndpoint().list(World.ACME));
                });
    }

    private void create() throws Walk.Ended {
        var acme =
                new ApplicationIn()
                        .name("Acme")
                        .uid("acme")
                        .metadata(Map.of("plan", "gold"))
                        .throttleRate(1000L);
        walk.step(
                "application.create: makes one",
                () -> {
                    var made = complete(applications.create(acme));
                    equal(made.getName(), "Acme");
                    equal(made.getUid(), "acme");
                    equal(made.getMetadata(), Map.of("plan", "gold"));
                    equal(made.getThrottleRate(), 1000L);
                });
        walk.step(
                "application.create: makes more",
                () -> {
                    for (int n = 1; n <= 4; n++) {
                        var more = new ApplicationIn().name("Application " + n).uid("app-" + n);
                        var made = applications.create(more);
                        equal(made.getMetadata(), Map.of());
                        equal(made.getThrottleRate(), null);
                    }
                });
        walk.step(
                "application.create: a uid that exists is refused with 409",
                () -> refused(409, () -> applications.create(acme)));
        walk.step(
                "application.create: gets the one that exists",
                () -> equal(applications.getOrCreate(acme), applications.get("acme")));
    }

    private void read() throws Walk.Ended {
        walk.step(
                "application.get: reads by id and by uid",
                () -> {
                    var byUid = applications.get("acme");
                    equal(applications.get(byUid.getId()), byUid);
                });
        walk.step(
                "application.get: what is not there is refused with 404",
                () -> refused(404, () -> applications.get("no-such")));
        Pages pages = new Pages(2, this::list);
        walk.step("application.list: pages forward", pages::forward);
        walk.step("application.list: pages back", pages::back);
        walk.step("application.list: order", pages::order);
    }

    private Pages.Page list(long limit, String iterator, Ordering order) throws Exception {
        var options = new ApplicationListOptions();
        options.setLimit(limit);
        options.setIterator(iterator);
        options.setOrder(order);
        var got = applications.list(options);
        return Pages.Page.of(
                got.getData(),
                ApplicationOut::getId,
                got.getIterator(),
                got.getPrevIterator(),
                got.getDone());
    }

    private void upsert() throws Walk.Ended {
        walk.step(
                "application.upsert: changes",
                () -> {
                    var update =
                            new ApplicationIn()
                                    .name("Changed")
                                    .uid("app-1")
                                    .metadata(Map.of("a", "b"))
                                    .throttleRate(5L);
                    var got = applications.update("app-1", update);
                    equal(got.getName(), "Changed");
                    equal(got.getMetadata(), Map.of("a", "b"));
                    equal(got.getThrottleRate(), 5L);
                    equal(applications.get("app-1"), got);
                });
        walk.step(
                "application.upsert: creates",
                () -> {
                    var update = new ApplicationIn().name("Application 5").uid("app-5");
                    var made = applications.update("app-5", update);
                    equal(applications.get("app-5"), made);
                });
    }

    private void patch() throws Walk.Ended {
        walk.step(
                "application.patch: changes what it names",
                () -> {
                    var change = new ApplicationPatch().name("Patched");
                    var got = applications.patch("app-1", change);
                    equal(got.getName(), "Patched");
                    equal(got.getUid(), "app-1");
                    equal(got.getMetadata(), Map.of("a", "b"));
                    equal(got.getThrottleRate(), 5L);
                });
        walk.step(
                "application.patch: null clears",
                () -> {
                    String id = applications.get("app-1").getId();
                    var change = new ApplicationPatch().throttleRate(null).uid(null);
                    applications.patch("app-1", change);
                    var got = applications.get(id);
                    equal(got.getThrottleRate(), null);
                    equal(got.getUid(), null);
                    equal(got.getName(), "Patched");
                });
    }

    private void delete() throws Walk.Ended {
        walk.step(
                "application.delete: deletes",
                () -> {
                    // The one whose uid was cleared is found by its name.
                    var all = applications.list().getData().stream();
                    var patched = all.filter(it -> it.getName().equals("Patched")).findFirst();
                    for (String id : List.of(patched.orElseThrow().getId(), "app-5")) {
                        applications.delete(id);
                        refused(404, () -> applications.get(id));
                    }
                });
    }
}
