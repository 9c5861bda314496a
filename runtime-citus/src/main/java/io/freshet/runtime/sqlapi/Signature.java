package io.freshet.runtime.sqlapi;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/** Tells requests that the SQL functions wrote from messages that anyone else did: HMAC-SHA256 (RFC 2104) over the request's bytes. */
final class Signature {
    private static final int LENGTH = 32;

    private final byte[] innerKey;
    private final byte[] outerKey;

    /** The key combined with RFC 2104's two paddings, as {@code pgt_request_secret} holds it. */
    Signature(byte[] innerKey, byte[] outerKey) {
        this.innerKey = innerKey.clone();
        this.outerKey = outerKey.clone();
    }

    /** The request's bytes, when the signature before them is right. */
    Optional<byte[]> open(byte[] message) {
        if (message.length < LENGTH) {
            return Optional.empty();
        }
        byte[] body = Arrays.copyOfRange(message, LENGTH, message.length);
        byte[] expected = sha256(outerKey, sha256(innerKey, body));
        return MessageDigest.isEqual(expected, Arrays.copyOf(message, LENGTH)) ? Optional.of(body) : Optional.empty();
    }

    private static byte[] sha256(byte[] first, byte[] second) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(first);
            return digest.digest(second);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
