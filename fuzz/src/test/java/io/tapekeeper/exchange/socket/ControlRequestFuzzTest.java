package io.tapekeeper.exchange.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tapekeeper.exchange.socket.ControlRequest.Numbered;
import io.tapekeeper.fuzz.FuzzedDecoder;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** Whatever a client says is a request or has an answer that tells why not. */
class ControlRequestFuzzTest extends FuzzedDecoder {
    private static final Pattern ID = Pattern.compile("null|-?[0-9]{1,19}|\"[A-Za-z0-9_-]{0,36}\"");

    @Override
    protected boolean take(byte[] input) {
        Numbered numbered = ControlRequest.parse(new String(input, UTF_8));
        assertTrue(ID.matcher(numbered.id()).matches(), numbered.id());
        switch (numbered.request()) {
            case ControlRequest.Subscribe(List<String> streams) ->
                assertTrue(streams.stream().allMatch(Objects::nonNull));
            case ControlRequest.Unsubscribe(List<String> streams) ->
                assertTrue(streams.stream().allMatch(Objects::nonNull));
            case ControlRequest.Invalid refused -> {
                assertFalse(refused.message().isBlank());
                return false;
            }
            case ControlRequest.ListSubscriptions list -> {}
            case ControlRequest.SetCombined set -> {}
            case ControlRequest.GetCombined get -> {}
        }
        return true;
    }

    @Override
    protected List<byte[]> seeds() {
        return texts(
                "{\"method\":\"SUBSCRIBE\",\"params\":[\"btcusdt@aggTrade\",\"btcusdt@depth\"],\"id\":1}",
                "{\"method\":\"UNSUBSCRIBE\",\"params\":[\"btcusdt@depth\"],\"id\":\"a-312\"}",
                "{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":3}",
                "{\"method\":\"SET_PROPERTY\",\"params\":[\"combined\",true],\"id\":null}",
                "{\"method\":\"GET_PROPERTY\",\"params\":[\"combined\"],\"id\":2}",
                "{\"id\":{\"a\":[1]},\"params\":[[1],{},2.5,null],\"method\":\"SUBSCRIBE\"}");
    }
}
