package walk;

import static walk.Complete.complete;

import com.svix.models.Ordering;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;

/** Paging, the same for every list: forward by `iterator`, back by `prevIterator`, both orders. */
final class Pages {
    /** The most that a list gives at once; every list of the walk is shorter. */
    private static final long ALL = 250;

    private final long limit;
    private final Source source;

    /** What a list answers, whatever it lists. */
    record Page(List<String> ids, String iterator, String prevIterator, boolean done) {
        static <T> Page of(
                List<T> data,
                Function<T, String> id,
                String iterator,
                String prevIterator,
                boolean done)
                throws Exception {
            return new Page(complete(data).stream().map(id).toList(), iterator, prevIterator, done);
        }
    }

    /** A list to be asked; `iterator` and `order` may be null. */
    interface Source {
        Page list(long limit, String iterator, Ordering order) throws Exception;
    }

    Pages(long limit, Source source) {
        this.limit = limit;
        this.source = source;
    }

    /** Page after page there is everything, once, in the order of one large page. */
    void forward() throws Exception {
        List<Page> pages = walk();
        Check.that(pages.size() > 1, "one page only");
        List<String> seen = new ArrayList<>();
        for (Page page : pages) {
            boolean last = page == pages.get(pages.size() - 1);
            Check.that(last || page.ids().size() == limit, page);
            seen.addAll(page.ids());
        }
        Check.equal(new HashSet<>(seen).size(), seen.size());
        Check.equal(seen, source.list(ALL, null, null).ids());
    }

    /** From the last page back, every page is the one before. */
    void back() throws Exception {
        List<Page> pages = walk();
        // Behind a last page that was full there may be an empty one, which has no way back.
        if (pages.get(pages.size() - 1).ids().isEmpty()) {
            pages.remove(pages.size() - 1);
        }
        Check.that(pages.size() > 1, "one page only");
        Page from = pages.remove(pages.size() - 1);
        while (!pages.isEmpty()) {
            Check.that(from.prevIterator() != null, "a page without prevIterator: " + from);
            from = source.list(limit, from.prevIterator(), null);
            Check.equal(from.ids(), pages.remove(pages.size() - 1).ids());
        }
    }

    /** One order is the other's reverse. */
    void order() throws Exception {
        List<String> ascending = source.list(ALL, null, Ordering.ASCENDING).ids();
        List<String> descending = source.list(ALL, null, Ordering.DESCENDING).ids();
        Check.that(ascending.size() > 1, ascending);
        List<String> reversed = new ArrayList<>(descending);
        Collections.reverse(reversed);
        Check.equal(ascending, reversed);
    }

    private List<Page> walk() throws Exception {
        List<Page> pages = new ArrayList<>();
        String iterator = null;
        while (true) {
            Page page = source.list(limit, iterator, null);
            pages.add(page);
            if (page.done()) {
                return pages;
            }
            Check.that(pages.size() <= ALL, "a list without end");
            Check.that(page.iterator() != null, "a page without iterator: " + page);
            iterator = page.iterator();
        }
    }
}
