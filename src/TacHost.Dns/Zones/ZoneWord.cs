namespace TacHost.Dns.Zones;

/// <summary>A word of a zone file. A quoted word has no special meaning.</summary>
/// <param name="Text">The word without quotation marks. Escape sequences are not decoded.</param>
/// <param name="IsQuoted">True if the word is quoted.</param>
/// <param name="IsJoined">True if the word directly follows the previous word, as in <c>alpn="h2"</c>.</param>
internal readonly record struct ZoneWord(string Text, bool IsQuoted, bool IsJoined = false);
