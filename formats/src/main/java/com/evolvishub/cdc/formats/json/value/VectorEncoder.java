package com.evolvishub.cdc.formats.json.value;

/**
 * Encodes {@code int2vector} and {@code oidvector}, numbers separated by spaces, as JSON arrays.
 */
final class VectorEncoder implements ValueEncoder {

    @Override
    public void write(byte[] text, int from, int to, JsonWriter json) {
        json.ascii('[');
        int start = from;
        for (int i = from; i <= to; i++) {
            if (i == to || text[i] == ' ') {
                if (i > start) {
                    if (start > from) {
                        json.ascii(',');
                    }
                    ScalarEncoders.number(text, start, i, json);
                }
                start = i + 1;
            }
        }
        json.ascii(']');
    }
}
