package walk;

import com.svix.api.Health;

/**
 * Walks through Hookwire's compatible API with the official Java SDK, step by step as
 * `../steps.txt` says; what it is given and what it prints, `../README.md` says.
 */
final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        Walk walk = new Walk();
        try {
            take(walk, World.fromEnvironment());
        } catch (Walk.Ended ended) {
            // The step that failed was printed.
        }
        // By force: the SDK's HTTP client keeps threads that would wait for a minute.
        System.exit(walk.failed() ? 1 : 0);
    }

    private static void take(Walk walk, World world) throws Walk.Ended {
        walk.step("health.get: answers", () -> new Health(world.svix().getHttpClient()).get());
        new Operational(walk, world).take();
        new EventTypes(walk, world).take();
        new Applications(walk, world).take();
        new Endpoints(walk, world).take();
        new Messages(walk, world).take();
        new Attempts(walk, world).take();
        new Recovery(walk, world).take();
        new Expunging(walk, world).take();
        new Polling(walk, world).take();
        new Access(walk, world).take();
        new Settings(walk, world).take();
        new Applications(walk, world).end();
    }
}
