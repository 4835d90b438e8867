package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.delivery.Failure;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.apache.pulsar.client.api.PulsarClientException;

/** Tells outages from what somebody must mend. */
final class PulsarFailures {

    private static final List<Class<? extends PulsarClientException>> TO_BE_MENDED =
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

    private PulsarFailures() {}

    static Failure classify(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            Throwable one = each;
            if (one instanceof PulsarClientException.AuthenticationException) {
                return Failure.AUTHENTICATION;
            }
            if (TO_BE_MENDED.stream().anyMatch(type -> type.isInstance(one))
                    || one instanceof SSLException
                    || saysThereIsNoNamespace(one)) {
                return Failure.PERMANENT;
            }
        }
        return failure instanceof IOException
                        || failure instanceof TimeoutException
                        || failure instanceof InterruptedException
                ? Failure.TRANSIENT
                : Failure.PERMANENT;
    }

    /** A broker has no code of its own for it. */
    static boolean saysThereIsNoNamespace(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return failure instanceof PulsarClientException
                && (message.contains("Policies not found")
                        || message.contains("Namespace not found")
                        || message.contains("Tenant not found")
                        || message.contains("Tenant does not exist")
                        || message.contains("Namespace does not exist"));
    }

    /** What the client's futures have wrapped. */
    static Exception unwrapped(Throwable failure) {
        Throwable inner = failure;
        while ((inner instanceof ExecutionException || inner instanceof CompletionException)
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner instanceof Exception exception ? exception : new PulsarClientException(inner);
    }
}
