package walk;

import static walk.Check.equal;
import static walk.Check.invalid;
import static walk.Check.refused;
import static walk.Check.that;
import static walk.Complete.complete;

import com.svix.Utils;
import com.svix.api.EventType;
import com.svix.api.EventTypeDeleteOptions;
import com.svix.api.EventTypeListOptions;
import com.svix.models.EventTypeImportOpenApiIn;
import com.svix.models.EventTypeIn;
import com.svix.models.EventTypeOut;
import com.svix.models.EventTypePatch;
import com.svix.models.EventTypeUpdate;
import com.svix.models.Ordering;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Event types: their life, archived and expunged, and their import from an OpenAPI document. */
final class EventTypes {
    private static final Map<String, Object> SCHEMAS =
            Map.of(
                    "1",
                    Map.of(
                            "type", "object",
                            "properties", Map.of("total", Map.of("type", "integer")),
                            "examples", List.of(Map.of("total", 10))));

    private final Walk walk;
    private final EventType types;

    EventTypes(Walk walk, World world) {
        this.walk = walk;
        this.types = world.svix().getEventType();
    }

    void take() throws Walk.Ended {
        create();
        read();
        upsert();
        patch();
        delete();
        imports();
    }

    private void create() throws Walk.Ended {
        var paid =
                new EventTypeIn()
                        .name("order.paid")
                        .description("An order was paid")
                        .groupName("orders")
                        .schemas(SCHEMAS);
        walk.step(
                "event-type.create: makes one",
                () -> {
                    var made = complete(types.create(paid));
                    equal(made.getName(), paid.getName());
                    equal(made.getDescription(), paid.getDescription());
                    equal(made.getGroupName(), "orders");
                    equal(made.getSchemas(), SCHEMAS);
                    that(!Boolean.TRUE.equals(made.getArchived()) && !made.getDeprecated(), made);
                });
        walk.step("event-type.create: makes more", this::createMore);
        walk.step(
                "event-type.create: a name that exists is refused with 409",
                () -> refused(409, () -> types.create(paid)));
        var bad = new EventTypeIn().name("no spaces, please").description("A bad name");
        walk.step(
                "event-type.create: a bad name is refused with 422",
                () -> invalid("name", () -> types.create(bad)));
    }

    private void createMore() throws Exception {
        for (String name :
                List.of(
                        "order.shipped",
                        "order.cancelled",
                        "invoice.due",
                        "invoice.sent",
                        "text.raw")) {
            Set<String> flags = name.equals("order.cancelled") ? Set.of("early") : null;
            var more =
                    new EventTypeIn()
                            .name(name)
                            .description("What " + name + " means")
                            .featureFlags(flags)
                            .deprecated(name.equals("invoice.sent"));
            var made = types.create(more);
            equal(made.getName(), name);
            equal(made.getFeatureFlags(), flags);
            equal(made.getDeprecated(), name.equals("invoice.sent"));
        }
    }

    private void read() throws Walk.Ended {
        walk.step(
                "event-type.get: reads",
                () -> {
                    var paid = types.get("order.paid");
                    equal(paid.getDescription(), "An order was paid");
                    equal(paid.getGroupName(), "orders");
                    equal(paid.getSchemas(), SCHEMAS);
                });
        walk.step(
                "event-type.get: what is not there is refused with 404",
                () -> refused(404, () -> types.get("no.such")));
        Pages pages = new Pages(2, this::list);
        walk.step("event-type.list: pages forward", pages::forward);
        walk.step("event-type.list: pages back", pages::back);
        walk.step("event-type.list: order", pages::order);
        walk.step(
                "event-type.list: schemas when asked for",
                () -> {
                    for (boolean withContent : new boolean[] {true, false}) {
                        var options = new EventTypeListOptions();
                        options.setWithContent(withContent);
                        var paid = listed(options, "order.paid").orElseThrow();
                        equal(paid.getSchemas(), withContent ? SCHEMAS : null);
                    }
                });
    }

    private Pages.Page list(long limit, String iterator, Ordering order) throws Exception {
        var options = new EventTypeListOptions();
        options.setLimit(limit);
        options.setIterator(iterator);
        options.setOrder(order);
        var got = types.list(options);
        return Pages.Page.of(
                got.getData(),
                EventTypeOut::getName,
                got.getIterator(),
                got.getPrevIterator(),
                got.getDone());
    }

    private Optional<EventTypeOut> listed(EventTypeListOptions options, String name)
            throws Exception {
        var all = types.list(options).getData().stream();
        return all.filter(type -> type.getName().equals(name)).findFirst();
    }

    private void upsert() throws Walk.Ended {
        walk.step(
                "event-type.upsert: changes",
                () -> {
                    var update = new EventTypeUpdate().description("changed").groupName("invoices");
                    var sent = types.update("invoice.sent", update);
                    equal(sent.getDescription(), "changed");
                    equal(sent.getGroupName(), "invoices");
                    equal(sent.getDeprecated(), false);
                });
        walk.step(
                "event-type.upsert: creates",
                () -> {
                    var update =
                            new EventTypeUpdate()
                                    .description("An order came back")
                                    .groupName("orders")
                                    .schemas(SCHEMAS);
                    types.update("order.returned", update);
                    var made = types.get("order.returned");
                    equal(made.getGroupName(), "orders");
                    equal(made.getSchemas(), SCHEMAS);
                });
    }

    private void patch() throws Walk.Ended {
        walk.step(
                "event-type.patch: changes what it names",
                () -> {
                    var change = new EventTypePatch().description("changed");
                    var got = types.patch("order.returned", change);
                    equal(got.getDescription(), "changed");
                    equal(got.getGroupName(), "orders");
                    equal(got.getSchemas(), SCHEMAS);
                    that(!Boolean.TRUE.equals(got.getArchived()), got);
                });
        walk.step(
                "event-type.patch: null clears",
                () -> {
                    types.patch(
                            "order.returned", new EventTypePatch().groupName(null).schemas(null));
                    var got = types.get("order.returned");
                    equal(got.getGroupName(), null);
                    equal(got.getSchemas(), null);
                    equal(got.getDescription(), "changed");
                });
    }

    private void delete() throws Walk.Ended {
        walk.step(
                "event-type.delete: archives",
                () -> {
                    types.delete("order.returned");
                    equal(types.get("order.returned").getArchived(), true);
                    for (boolean included : new boolean[] {true, false}) {
                        var options = new EventTypeListOptions();
                        options.setIncludeArchived(included);
                        equal(listed(options, "order.returned").isPresent(), included);
                    }
                });
        walk.step(
                "event-type.create: brings an archived one back",
                () -> {
                    var again = new EventTypeIn().name("order.returned").description("Came back");
                    var made = types.create(again);
                    that(!Boolean.TRUE.equals(made.getArchived()), made);
                });
        walk.step(
                "event-type.delete: expunges",
                () -> {
                    var options = new EventTypeDeleteOptions();
                    options.setExpunge(true);
                    types.delete("order.returned", options);
                    refused(404, () -> types.get("order.returned"));
                });
    }

    private void imports() throws Walk.Ended {
        walk.step(
                "event-type.import-openapi: a dry run changes nothing",
                () -> {
                    var dry = new EventTypeImportOpenApiIn().dryRun(true);
                    dry.setSpec(document("pet.born"));
                    var planned = complete(types.importOpenapi(dry)).getData().getToModify();
                    that(
                            planned.stream()
                                    .filter(type -> type.getName().equals("pet.born"))
                                    .anyMatch(type -> type.getSchemas() != null),
                            planned);
                    refused(404, () -> types.get("pet.born"));
                });
        walk.step(
                "event-type.import-openapi: imports",
                () -> {
                    var spec = document("pet.born");
                    imported(new EventTypeImportOpenApiIn().spec(spec), "pet.born");
                });
        walk.step(
                "event-type.import-openapi: imports text",
                () -> {
                    var json = Utils.getObjectMapper().writeValueAsString(document("pet.died"));
                    imported(new EventTypeImportOpenApiIn().specRaw(json), "pet.died");
                    imported(new EventTypeImportOpenApiIn().specRaw(YAML), "pet.sold");
                });
    }

    private void imported(EventTypeImportOpenApiIn document, String name) throws Exception {
        equal(complete(types.importOpenapi(document)).getData().getModified(), List.of(name));
        that(types.get(name).getSchemas() != null, name + " without schemas");
    }

    private static Map<String, Object> document(String event) {
        var schema =
                Map.of("type", "object", "properties", Map.of("name", Map.of("type", "string")));
        var operation =
                Map.of(
                        "description",
                        "A pet was born",
                        "requestBody",
                        Map.of("content", Map.of("application/json", Map.of("schema", schema))),
                        "responses",
                        Map.of("200", Map.of("description", "taken")));
        return Map.of(
                "openapi", "3.1.0",
                "info", Map.of("title", "Pets", "version", "1"),
                "webhooks", Map.of(event, Map.of("post", operation)));
    }

    private static final String YAML =
            """
            openapi: 3.1.0
            info: {title: Pets, version: "1"}
            webhooks:
              pet.sold:
                post:
                  description: A pet was sold
                  requestBody:
                    content:
                      application/json:
                        schema:
                          type: object
                          properties:
                            name:
                              type: string
                  responses:
                    "200": {description: taken}
            """;
}
