using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using TacHost.Logging;

namespace TacHost.Tests.Logging;

public sealed partial class JsonLogFormatTests
{
    private readonly RecordingSink _sink = new();

    [Fact]
    public void Write_Event_IsOneObjectWithItsProperties()
    {
        Sending(Logger(), 3003, IPAddress.Loopback, true, 1.5, null, new IOException("gone\nfor good"));

        var text = Assert.Single(_sink.Texts);
        Assert.Equal(text.Length - 1, text.IndexOf('\n', StringComparison.Ordinal));
        var json = JsonDocument.Parse(text).RootElement;
        Assert.Equal(["timestamp", "level", "category", "event", "message", "properties", "exception"], json.EnumerateObject().Select(property => property.Name));
        Assert.InRange(json.GetProperty("timestamp").GetDateTimeOffset(), TimeProvider.System.GetUtcNow().AddMinutes(-1), TimeProvider.System.GetUtcNow());
        Assert.Equal("warn", json.GetProperty("level").GetString());
        Assert.Equal("poems", json.GetProperty("category").GetString());
        Assert.Equal("Sending", json.GetProperty("event").GetString());
        Assert.Equal("Sending 3003 bytes to 127.0.0.1 (True, 1.5, (null)).", json.GetProperty("message").GetString());
        Assert.Equal("""{"Bytes":3003,"Peer":"127.0.0.1","Fast":true,"Seconds":1.5,"Nothing":null}""", json.GetProperty("properties").GetRawText());
        Assert.StartsWith("System.IO.IOException: gone\nfor good", json.GetProperty("exception").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_PlainText_HasNoEmptyParts()
    {
        Plain(Logger());
        Assert.Equal(["timestamp", "level", "category", "event", "message"], JsonDocument.Parse(_sink.Texts.Single()).RootElement.EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public void Write_ControlCharacters_AreEscapedAndOtherScriptsAreNot()
    {
        Text(Logger(), "\u001b[2J\u009b\u007f\u2028 詩 \"'");
        var text = _sink.Texts.Single();
        Assert.Contains("\\u001B[2J\\u009B\\u007F\\u2028 詩 \\\"'", text, StringComparison.Ordinal);
        Assert.DoesNotContain(text[..^1], char.IsControl);
    }

    [Fact]
    public void Write_NumbersThatJsonHasNot_AreText()
    {
        Sending(Logger(), 1, IPAddress.Loopback, false, double.NaN, null, null);
        Assert.Equal("NaN", JsonDocument.Parse(_sink.Texts.Single()).RootElement.GetProperty("properties").GetProperty("Seconds").GetString());
    }

    [Fact]
    public void Write_ValuesOfEveryKind_AreJsonsOwn()
    {
        var logger = Logger();
#pragma warning disable CA1848, CA1873, CA2254 // as a tac writes it
        logger.LogInformation(
            "{List} {At} {Map} {Day} {Nested} {Byte}",
            new[] { 1, 2, 3 }, new DateTime(2020, 1, 2, 0, 0, 0, DateTimeKind.Unspecified), new Dictionary<string, object> { ["a"] = 1, ["b"] = "x" }, DayOfWeek.Friday, new object?[] { "s", null, new[] { 1.5 } }, (byte)7);
#pragma warning restore CA1848, CA1873, CA2254
        Assert.Equal(
            """{"List":[1,2,3],"At":"2020-01-02T00:00:00","Map":{"a":1,"b":"x"},"Day":"Friday","Nested":["s",null,[1.5]],"Byte":7}""",
            JsonDocument.Parse(_sink.Texts.Single()).RootElement.GetProperty("properties").GetRawText());
    }

    [Fact]
    public void Write_InScopes_HasThemFromTheOutside()
    {
        var logger = Logger();
        using (logger.BeginScope(new Dictionary<string, object> { ["RequestId"] = "abc", ["Try"] = 2 }))
        using (logger.BeginScope("inner"))
            Plain(logger);
        Plain(logger);

        Assert.Equal("""[{"RequestId":"abc","Try":2},"inner"]""", JsonDocument.Parse(_sink.Texts.First()).RootElement.GetProperty("scopes").GetRawText());
        Assert.False(JsonDocument.Parse(_sink.Texts.Last()).RootElement.TryGetProperty("scopes", out _));
    }

    [Theory]
    [InlineData('\u202E')]
    [InlineData('\u2066')]
    [InlineData('\u200F')]
    [InlineData('\u061C')]
    public void Write_DirectionMarks_AreEscapedAndMeanTheSame(char mark)
    {
        Text(Logger(), $"a{mark}b詩é");
        var text = _sink.Texts.Single();
        Assert.DoesNotContain(mark, text);
        Assert.Equal($"a{mark}b詩é", JsonDocument.Parse(text).RootElement.GetProperty("message").GetString());
        Assert.Contains("詩é", text, StringComparison.Ordinal);
    }

    private ILogger Logger() => new LineLoggerFactory(new JsonLogFormat(), _sink).CreateLogger("poems");

    [LoggerMessage(1, LogLevel.Warning, "Sending {Bytes} bytes to {Peer} ({Fast}, {Seconds}, {Nothing}).")]
    private static partial void Sending(ILogger logger, int bytes, IPAddress peer, bool fast, double seconds, string? nothing, Exception? exception);

    [LoggerMessage(2, LogLevel.Information, "Plain.")]
    private static partial void Plain(ILogger logger);

    [LoggerMessage(3, LogLevel.Information, "{Text}")]
    private static partial void Text(ILogger logger, string text);
}
