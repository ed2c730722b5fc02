package dev.sallyport.api.ctl;

/** Reads a list page by page, as far as it is wanted. */
final class Pages {

    /** The most that a page may have. */
    private static final int PAGE = 500;

    private final Session session;
    private final String path;
    private final Query query;

    Pages(Session session, String path, Query query) {
        this.session = session;
        this.path = path;
        this.query = query;
    }

    /** Takes a page. */
    @FunctionalInterface
    interface Reader {

        void read(Answer page) throws Failure;
    }

    /** Takes a page; returns whether another one is wanted. */
    @FunctionalInterface
    interface Browser {

        boolean read(Answer page) throws Failure;
    }

    /**
     * Reads pages until there are no more, or so many items have been read.
     *
     * @param limit how many items at most
     */
    void read(int limit, Reader reader) throws Failure {
        readWhile(limit, page -> {
            reader.read(page);
            return true;
        });
    }

    /** The same, until the reader has enough. */
    void readWhile(int limit, Browser reader) throws Failure {
        String cursor = null;
        int left = limit;
        while (left > 0) {
            Query page =
                    query.and("limit", Integer.toString(Math.min(left, PAGE))).and("cursor", cursor);
            Answer answer = session.get(page.on(path));
            boolean more = reader.read(answer);
            left -= answer.json().path("items").size();
            String next = answer.json().path("next").asString("");
            if (!more || next.isEmpty()) {
                return;
            }
            cursor = next;
        }
    }
}
