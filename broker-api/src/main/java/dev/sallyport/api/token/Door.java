package dev.sallyport.api.token;

import dev.sallyport.attestation.SignedDocuments;
import dev.sallyport.core.attest.Evidence;
import java.util.Arrays;
import java.util.Optional;

/** The ways to ask for a token: they differ in how evidence is carried and how refusals are named. */
enum Door {
    /** The evidence is the grant (RFC 7523 section 2.1). */
    JWT_BEARER("urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion") {
        @Override
        Evidence evidence(FormBody form) {
            return Evidence.jwt(form.required(parameter()));
        }
    },

    /** The evidence is how the client authenticates (RFC 6749 section 4.4, RFC 7523 section 2.2). */
    CLIENT_CREDENTIALS("client_credentials", "client_assertion") {
        @Override
        Evidence evidence(FormBody form) {
            String assertion = form.required(parameter());
            return switch (form.required("client_assertion_type")) {
                case "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" -> Evidence.clientAssertion(assertion);
                case "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe" ->
                    Evidence.svidClientAssertion(assertion);
                default -> throw new FormBody.BadForm("client_assertion_type", NOT_OFFERED);
            };
        }
    },

    /** The evidence is exchanged (RFC 8693 section 2.1). */
    TOKEN_EXCHANGE("urn:ietf:params:oauth:grant-type:token-exchange", "subject_token") {
        @Override
        Evidence evidence(FormBody form) {
            String subject = form.required(parameter());
            String type = form.required("subject_token_type");
            String document = type.startsWith(DOCUMENT_TYPES) ? type.substring(DOCUMENT_TYPES.length()) : "";
            if (!type.equals(JWT_TYPE) && !type.equals(ID_TOKEN_TYPE) && !SignedDocuments.TYPES.contains(document)) {
                throw new FormBody.BadForm("subject_token_type", NOT_OFFERED);
            }
            if (form.optional("actor_token") != null || form.optional("actor_token_type") != null) {
                throw new FormBody.BadForm("actor_token", "nobody acts for another here");
            }
            String requested = form.optional("requested_token_type");
            if (requested != null && !requested.equals(ACCESS_TOKEN_TYPE)) {
                throw new FormBody.BadForm("requested_token_type", NOT_OFFERED);
            }
            return switch (type) {
                case JWT_TYPE -> Evidence.jwt(subject);
                case ID_TOKEN_TYPE -> Evidence.idToken(subject);
                default -> Evidence.document(document, subject);
            };
        }
    };

    /** What is issued, in the words of RFC 8693 section 3. */
    static final String ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token";

    /** Begins the names of evidence that is no JWT; the type of the trust providers that know it follows. */
    private static final String DOCUMENT_TYPES = "https://sallyport.dev/token-type/";

    private static final String JWT_TYPE = "urn:ietf:params:oauth:token-type:jwt";
    private static final String ID_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:id_token";
    private static final String NOT_OFFERED = "it is not one that is offered here";

    private final String grantType;
    private final String parameter;

    Door(String grantType, String parameter) {
        this.grantType = grantType;
        this.parameter = parameter;
    }

    static Optional<Door> of(String grantType) {
        return Arrays.stream(values())
                .filter(door -> door.grantType.equals(grantType))
                .findFirst();
    }

    /** The parameter that carries the evidence. */
    String parameter() {
        return parameter;
    }

    /** Reads the evidence; throws {@link FormBody.BadForm} where the form has none of this door's. */
    abstract Evidence evidence(FormBody form);
}
