package io.tapekeeper.venue.net;

/** The beginning of a text from outside, on one line, fit for a message or a log. */
public final class Excerpt {
    private Excerpt() {}

    /** At most {@code most} characters of {@code text}, control characters as spaces; an ellipsis where it goes on. */
    public static String of(String text, int most) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), most); i++) {
            char c = text.charAt(i);
            line.append(Character.isISOControl(c) ? ' ' : c);
        }
        return text.length() > most ? line.append('…').toString() : line.toString();
    }
}
