package walk;

import com.svix.Svix;
import com.svix.Utils;
import com.svix.exceptions.ApiException;
import com.svix.models.BackgroundTaskOut;
import com.svix.models.BackgroundTaskStatus;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/** What steps expect: values, refusals, and things that come in a while. */
final class Check {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private Check() {}

    /** Fails with what was found unless the condition holds. */
    static void that(boolean condition, Object found) {
        if (!condition) {
            throw new AssertionError("found " + found);
        }
    }

    /** Fails unless both are equal. */
    static void equal(Object found, Object wanted) {
        if (!Objects.equals(found, wanted)) {
            throw new AssertionError("found " + found + " instead of " + wanted);
        }
    }

    /** The answer is an error of this status with code and detail. */
    static void refused(int status, Callable<?> call) throws Exception {
        ApiException error = refusal(status, call);
        var body = Utils.getObjectMapper().readTree(error.getResponseBody());
        that(!body.path("code").asText().isEmpty(), body);
        that(!body.path("detail").asText().isEmpty(), body);
    }

    /** The answer is a 422 that names this field first. */
    static void invalid(String field, Callable<?> call) throws Exception {
        ApiException error = refusal(422, call);
        var body = Utils.getObjectMapper().readTree(error.getResponseBody());
        boolean named = false;
        for (var part : body.path("detail").path(0).path("loc")) {
            named |= part.asText().equals(field);
        }
        that(named, body);
    }

    private static ApiException refusal(int status, Callable<?> call) throws Exception {
        Object answer;
        try {
            answer = call.call();
        } catch (ApiException error) {
            if (error.getCode() != status) {
                throw error;
            }
            return error;
        }
        throw new AssertionError("it was not refused with " + status + " but gave " + answer);
    }

    /** Asks until there is something, and gives that. */
    static <T> T eventually(String what, Callable<Optional<T>> ask) throws Exception {
        Instant deadline = Instant.now().plus(SOON);
        while (true) {
            Optional<T> found = ask.call();
            if (found.isPresent()) {
                return found.get();
            }
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("not within " + SOON.toSeconds() + " s: " + what);
            }
            Thread.sleep(PAUSE.toMillis());
        }
    }

    /** Follows a background task until it is finished. */
    static void finished(Svix svix, String taskId) throws Exception {
        eventually(
                "the task is finished",
                () -> {
                    BackgroundTaskOut task = svix.getBackgroundTask().get(taskId);
                    that(task.getStatus() != BackgroundTaskStatus.FAILED, task);
                    return Optional.of(task)
                            .filter(it -> it.getStatus() == BackgroundTaskStatus.FINISHED);
                });
    }

    /** An object after it was set up: options have setters that cannot be chained. */
    static <T> T with(T object, Consumer<T> setUp) {
        setUp.accept(object);
        return object;
    }

    /** A secret of 32 bytes, as a user would bring one; `letter` is base64 and makes it differ. */
    static String secret(String letter) {
        return "whsec_" + letter.repeat(42) + "A=";
    }
}
