package walk;

import com.svix.exceptions.ApiException;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Runs the steps in order, prints a line for each, and ends with the first that fails. */
final class Walk {
    /** What a step does; it fails by throwing. */
    interface Step {
        void take() throws Exception;
    }

    /** The walk is over before its end. */
    static final class Ended extends Exception {}

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private final boolean goesOn = "1".equals(System.getenv("HOOKWIRE_WALK_ON"));
    private boolean failed;

    /** Takes a step and prints how it went. */
    void step(String name, Step step) throws Ended {
        try {
            step.take();
        } catch (Exception | AssertionError error) {
            out.printf("FAIL %s: %s%n", name, reason(error));
            failed = true;
            if (!goesOn) {
                throw new Ended();
            }
            return;
        }
        out.printf("ok  %s%n", name);
    }

    /** Says that the SDK has no way to take a step. */
    void none(String name) {
        out.printf("none %s: the SDK has no such method%n", name);
    }

    /** Whether a step failed. */
    boolean failed() {
        return failed;
    }

    private static String reason(Throwable error) {
        if (error instanceof ApiException refusal) {
            return refusal.getCode() + " " + refusal.getResponseBody();
        }
        return error.toString().replace('\n', ' ');
    }
}
