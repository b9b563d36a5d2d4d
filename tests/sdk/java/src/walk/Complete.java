package walk;

import java.lang.reflect.Method;
import java.util.Collection;

import javax.annotation.Nonnull;

/**
 * Looks into answers for what is missing. The SDK reads an answer that lacks a field as if nothing
 * were wrong; but its models say which fields are always there, and that is held against them here.
 */
final class Complete {
    private Complete() {}

    /** Fails when a field of the answer, or of what is in it, is missing; gives the answer. */
    static <T> T complete(T answer) throws ReflectiveOperationException {
        if (answer instanceof Collection<?> items) {
            for (Object item : items) {
                complete(item);
            }
        } else if (isModel(answer)) {
            for (Method getter : answer.getClass().getMethods()) {
                check(answer, getter);
            }
        }
        return answer;
    }

    private static void check(Object answer, Method getter) throws ReflectiveOperationException {
        if (!getter.getName().startsWith("get") || getter.getParameterCount() > 0) {
            return;
        }
        Object value = getter.invoke(answer);
        if (value == null && getter.isAnnotationPresent(Nonnull.class)) {
            throw new AssertionError("nothing for " + getter.getName() + " in " + answer);
        }
        complete(value);
    }

    private static boolean isModel(Object value) {
        return value != null
                && value.getClass().getPackageName().equals("com.svix.models")
                && !value.getClass().isEnum();
    }
}
