package dev.sallyport.api.token;

import dev.sallyport.api.live.RevocationFeed;
import dev.sallyport.api.state.LiveState;
import dev.sallyport.core.live.LiveTokens;
import dev.sallyport.core.token.InspectedToken;
import dev.sallyport.store.Author;
import dev.sallyport.store.Changes;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;

/**
 * {@code POST /oauth2/revoke}: whoever has a token may put an end to it (RFC 7009), and to that one only.
 *
 * <p>What is no token, or none any more, is answered alike.
 */
public final class RevocationEndpoint extends FormEndpoint {

    /** Where it is mapped. */
    public static final String PATH = "/oauth2/revoke";

    private static final long serialVersionUID = 1L;

    private final transient LiveState state;
    private final transient LiveTokens tokens;
    private final transient Changes changes;
    private final transient RevocationFeed revocations;

    public RevocationEndpoint(LiveState state, LiveTokens tokens, Changes changes, RevocationFeed revocations) {
        super(PATH);
        this.state = state;
        this.tokens = tokens;
        this.changes = changes;
        this.revocations = revocations;
    }

    @Override
    void answer(FormBody form, HttpServletRequest request, HttpServletResponse response) {
        String compact = form.required("token");
        Optional<InspectedToken> token = state.loaded().verifier().inspect(compact);
        if (token.isPresent() && tokens.recorded(token.get(), compact)) {
            Author holder = new Author("holder", token.get().jti());
            revocations.atLeast(changes.revoke(token.get().jti(), token.get().expires(), null, holder));
        }
        response.setStatus(200);
        response.setHeader("Cache-Control", "no-store");
    }
}
