package com.evolvishub.cdc.planner.logical;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.spec.ColumnRename;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ProjectionTest {

    private static final List<String> COLUMNS = List.of("a", "b", "c", "d", "e");

    /** Compares with a direct implementation on a relation whose columns are known. */
    @Property
    void aMergedProjectionEqualsTwoSuccessiveOnes(
            @ForAll("projections") Projection first, @ForAll("projections") Projection second) {
        Map<String, String> columns = new LinkedHashMap<>();
        COLUMNS.forEach(name -> columns.put(name, name));
        Assume.that(isUnambiguous(columns, first));
        Map<String, String> between = apply(columns, first);
        Assume.that(isUnambiguous(between, second));

        assertThat(apply(columns, first.then(second)))
                .containsExactlyInAnyOrderEntriesOf(apply(between, second));
    }

    @Provide
    Arbitrary<Projection> projections() {
        Arbitrary<String> name = Arbitraries.of("a", "b", "c", "d", "e");
        Arbitrary<ColumnRename> rename =
                Combinators.combine(name, Arbitraries.of("a", "b", "c", "x", "y"))
                        .as(ColumnRename::new);
        return Combinators.combine(rename.list().ofMaxSize(3), name.list().ofMaxSize(2))
                .as(Projection::new);
    }

    /** Whether no column is renamed twice and all output names are distinct. */
    private static boolean isUnambiguous(Map<String, String> columns, Projection projection) {
        List<String> from = projection.renames().stream().map(ColumnRename::from).toList();
        List<String> names = new ArrayList<>(names(columns, projection));
        return new HashSet<>(from).size() == from.size()
                && columns.keySet().containsAll(from)
                && projection.excluded().stream().noneMatch(from::contains)
                && new HashSet<>(names).size() == names.size();
    }

    private static List<String> names(Map<String, String> columns, Projection projection) {
        return columns.keySet().stream()
                .filter(name -> !projection.excluded().contains(name))
                .map(name -> target(name, projection))
                .toList();
    }

    private static Map<String, String> apply(Map<String, String> columns, Projection projection) {
        Map<String, String> out = new LinkedHashMap<>();
        columns.forEach(
                (name, origin) -> {
                    if (!projection.excluded().contains(name)) {
                        out.put(target(name, projection), origin);
                    }
                });
        return out;
    }

    private static String target(String name, Projection projection) {
        return projection.renames().stream()
                .filter(rename -> rename.from().equals(name))
                .map(ColumnRename::to)
                .findFirst()
                .orElse(name);
    }
}
