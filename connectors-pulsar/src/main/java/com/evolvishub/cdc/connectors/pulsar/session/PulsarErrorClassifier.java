package com.evolvishub.cdc.connectors.pulsar.session;

import com.evolvishub.cdc.sink.failure.FailureKind;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.apache.pulsar.client.api.PulsarClientException;

/** Distinguishes transient errors from permanent ones, which need action. */
public final class PulsarErrorClassifier {

    private static final List<Class<? extends PulsarClientException>> PERMANENT =
            List.of(
                    PulsarClientException.AuthenticationException.class,
                    PulsarClientException.AuthorizationException.class,
                    PulsarClientException.UnsupportedAuthenticationException.class,
                    PulsarClientException.GettingAuthenticationDataException.class,
                    PulsarClientException.InvalidConfigurationException.class,
                    PulsarClientException.InvalidServiceURL.class,
                    PulsarClientException.InvalidTopicNameException.class,
                    PulsarClientException.TopicDoesNotExistException.class,
                    PulsarClientException.NotFoundException.class,
                    PulsarClientException.IncompatibleSchemaException.class,
                    PulsarClientException.TopicTerminatedException.class,
                    PulsarClientException.NotAllowedException.class);

    private PulsarErrorClassifier() {}

    public static FailureKind classify(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            Throwable one = each;
            if (one instanceof PulsarClientException.AuthenticationException) {
                return FailureKind.AUTHENTICATION;
            }
            if (PERMANENT.stream().anyMatch(type -> type.isInstance(one))
                    || one instanceof SSLException
                    || isMissingNamespace(one)) {
                return FailureKind.PERMANENT;
            }
        }
        return failure instanceof IOException
                        || failure instanceof TimeoutException
                        || failure instanceof InterruptedException
                ? FailureKind.TRANSIENT
                : FailureKind.PERMANENT;
    }

    /** The broker has no error code for this case. */
    static boolean isMissingNamespace(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return failure instanceof PulsarClientException
                && (message.contains("Policies not found")
                        || message.contains("Namespace not found")
                        || message.contains("Tenant not found")
                        || message.contains("Tenant does not exist")
                        || message.contains("Namespace does not exist"));
    }

    /** The exception that the client's futures have wrapped. */
    public static Exception unwrap(Throwable failure) {
        Throwable inner = failure;
        while ((inner instanceof ExecutionException || inner instanceof CompletionException)
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner instanceof Exception exception ? exception : new PulsarClientException(inner);
    }
}
