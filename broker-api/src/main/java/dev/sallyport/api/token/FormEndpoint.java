package dev.sallyport.api.token;

import dev.sallyport.api.token.FormBody.BadForm;
import dev.sallyport.core.Unavailable;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An OAuth endpoint about one token, which a form brings: {@code POST}, and errors as RFC 6749 section 5.2 writes them. */
abstract class FormEndpoint extends HttpServlet {

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(FormEndpoint.class);

    private final String path;

    FormEndpoint(String path) {
        this.path = path;
    }

    abstract void answer(FormBody form, HttpServletRequest request, HttpServletResponse response) throws IOException;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!request.getRequestURI().equals(path)) {
            response.setStatus(404);
        } else if (!request.getMethod().equals("POST")) {
            response.setHeader("Allow", "POST");
            OAuthAnswer.refusal(response, 405, "invalid_request", "this endpoint takes POST only");
        } else {
            answer(request, response);
        }
    }

    private void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            FormBody form = FormBody.of(request);
            form.parameters().forEach((name, values) -> {
                if (values.size() > 1) {
                    throw new BadForm(name, "it is given more than once");
                }
            });
            answer(form, request, response);
        } catch (BadForm e) {
            OAuthErrors.Answer answer = OAuthErrors.answer(e.refusal(), Door.CLIENT_CREDENTIALS);
            OAuthAnswer.refusal(response, answer.status(), answer.error(), OAuthErrors.description(e.refusal()));
        } catch (Unavailable broken) {
            response.setIntHeader("Retry-After", 1);
            OAuthAnswer.refusal(response, 503, "temporarily_unavailable", "what this needs is out of reach now");
        } catch (RuntimeException fault) {
            LOG.error("a request about a token failed", fault);
            OAuthAnswer.refusal(response, 500, "server_error", "the request could not be carried out");
        }
    }
}
