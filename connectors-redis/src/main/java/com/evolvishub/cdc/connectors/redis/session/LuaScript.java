package com.evolvishub.cdc.connectors.redis.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;

/**
 * A Lua script.
 *
 * @param text the source
 * @param digest SHA-1 under which the server caches it
 */
public record LuaScript(String text, String digest) {

    public static LuaScript of(String text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return new LuaScript(text, HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    /** The command that runs the script and caches it; the caller adds its arguments. */
    public CommandArguments eval(List<String> keys) {
        return withKeys(new CommandArguments(Command.EVAL).add(text), keys);
    }

    /** The command that runs the script if the server has cached it. */
    public CommandArguments evalsha(List<String> keys) {
        return withKeys(new CommandArguments(Command.EVALSHA).add(digest), keys);
    }

    private static CommandArguments withKeys(CommandArguments command, List<String> keys) {
        command.add(keys.size());
        keys.forEach(command::key);
        return command;
    }
}
