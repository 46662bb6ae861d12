namespace TacHost.Servers.Dns.Zones;

/// <summary>A word of a zone file. One in quotation marks stands for nothing but itself.</summary>
internal readonly record struct ZoneWord(string Text, bool IsQuoted);
