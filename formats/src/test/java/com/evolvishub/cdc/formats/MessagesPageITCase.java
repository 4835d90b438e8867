package com.evolvishub.cdc.formats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Checks that the types on the documentation page are printed by the server and encoded as shown.
 */
class MessagesPageITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @Test
    void showsEveryValueAsPrintedAndAsEncoded(@FreshDatabase Database source) throws Exception {
        MessagesPage page = MessagesPage.messages();
        List<MessagesPage.Value> values = page.values();
        List<String> columns = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (MessagesPage.Value value : values) {
            columns.add("v%d %s".formatted(columns.size(), value.type()));
            texts.add("'" + value.server().replace("'", "''") + "'");
        }
        source.execute(
                page.sql(),
                "CREATE TABLE shown (%s)".formatted(String.join(", ", columns)),
                "INSERT INTO shown VALUES (%s)".formatted(String.join(", ", texts)));
        SoftAssertions softly = new SoftAssertions();

        ChangeRow row = SourceRowReader.read(source, "shown").get(0);

        List<byte[]> cells = CopyText.cells(row.line());
        List<String> members = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            MessagesPage.Value value = values.get(i);
            softly.assertThat(row.schema().columns().get(i).type().name()).isEqualTo(value.type());
            softly.assertThat(CopyText.unescape(cells.get(i)))
                    .as(value.type())
                    .isEqualTo(value.server());
            members.add("\"v%d\":%s".formatted(i, value.message()));
        }
        softly.assertAll();
        byte[] payload =
                MessageEncoders.of(MessagePipelines.with()).encode(row).payload().orElseThrow();
        assertThat(new String(payload, UTF_8)).isEqualTo("{" + String.join(",", members) + "}");
    }
}
