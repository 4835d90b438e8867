package com.evolvishub.cdc.source.dedupe;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.flink.api.common.state.MapState;

/** Keyed state of byte arrays for tests; copied like in a checkpoint. */
public final class InMemoryMapState<K, V> implements MapState<K, V> {

    private final Map<Object, Map.Entry<K, V>> entries = new HashMap<>();

    public InMemoryMapState() {}

    public InMemoryMapState(InMemoryMapState<K, V> copied) {
        entries.putAll(copied.entries);
    }

    private static Object boxed(Object key) {
        return key instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : key;
    }

    @Override
    public V get(K key) {
        Map.Entry<K, V> entry = entries.get(boxed(key));
        return entry == null ? null : entry.getValue();
    }

    @Override
    public void put(K key, V value) {
        entries.put(boxed(key), Map.entry(key, value));
    }

    @Override
    public void putAll(Map<K, V> map) {
        map.forEach(this::put);
    }

    @Override
    public void remove(K key) {
        entries.remove(boxed(key));
    }

    @Override
    public boolean contains(K key) {
        return entries.containsKey(boxed(key));
    }

    @Override
    public Iterable<Map.Entry<K, V>> entries() {
        return this::iterator;
    }

    @Override
    public Iterable<K> keys() {
        return entries.values().stream().map(Map.Entry::getKey).toList();
    }

    @Override
    public Iterable<V> values() {
        return entries.values().stream().map(Map.Entry::getValue).toList();
    }

    @Override
    public Iterator<Map.Entry<K, V>> iterator() {
        Iterator<Map.Entry<Object, Map.Entry<K, V>>> entryIterator = entries.entrySet().iterator();
        return new Iterator<>() {
            private Map.Entry<Object, Map.Entry<K, V>> current;

            @Override
            public boolean hasNext() {
                return entryIterator.hasNext();
            }

            @Override
            public Map.Entry<K, V> next() {
                current = entryIterator.next();
                K key = current.getValue().getKey();
                V value = current.getValue().getValue();
                return new Map.Entry<>() {
                    @Override
                    public K getKey() {
                        return key;
                    }

                    @Override
                    public V getValue() {
                        return value;
                    }

                    @Override
                    public V setValue(V changed) {
                        current.setValue(Map.entry(key, changed));
                        return value;
                    }
                };
            }

            @Override
            public void remove() {
                entryIterator.remove();
            }
        };
    }

    @Override
    public boolean isEmpty() {
        return entries.isEmpty();
    }

    @Override
    public void clear() {
        entries.clear();
    }

    public int size() {
        return entries.size();
    }
}
