using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging;
using TacHost.Logging;

namespace TacHost.Tests.Logging;

public sealed class TextLogFormatTests
{
    private static readonly DateTimeOffset _time = new(2026, 11, 23, 13, 11, 35, 678, new TimeSpan(-3, -30, 0));

    [Fact]
    public void Write_Information_IsTwistdsForm() =>
        Assert.Equal("2026-11-23T13:11:35-0330 [poems/PoetryFactory] sent\n", Format(new TextLogFormat(), LogLevel.Information, "sent"));

    [Theory]
    [InlineData(LogLevel.Trace, "trace")]
    [InlineData(LogLevel.Debug, "debug")]
    [InlineData(LogLevel.Warning, "warn")]
    [InlineData(LogLevel.Error, "error")]
    [InlineData(LogLevel.Critical, "critical")]
    public void Write_OtherLevel_FollowsTheCategory(LogLevel level, string name) =>
        Assert.Equal($"[poems/PoetryFactory#{name}] sent\n", Format(new TextLogFormat(withTime: false), level, "sent"));

    [Theory]
    [InlineData("two\nlines\n", "two\n\tlines")]
    [InlineData("two\r\nlines", "two\n\tlines")]
    [InlineData("a\rb", "a\\u000db")]
    [InlineData("\u001b[2J\u0007", "\\u001b[2J\\u0007")]
    [InlineData("\u009b31m\u0085\u007f", "\\u009b31m\\u0085\\u007f")]
    [InlineData("a\u2028b", "a\\u2028b")]
    [InlineData("a\u202Eb\u2066c\u200Fd\u061Ce", "a\\u202eb\\u2066c\\u200fd\\u061ce")]
    [InlineData("tab\there, Ünïcode 詩 🖋", "tab\there, Ünïcode 詩 🖋")]
    [InlineData("", "")]
    public void Write_ControlCharacters_CanForgeNothing(string text, string expected) =>
        Assert.Equal($"[poems/PoetryFactory] {expected}\n", Format(new TextLogFormat(withTime: false), LogLevel.Information, text));

    [Fact]
    public void Write_Scopes_StandBeforeTheTextIfTheyAreAskedFor()
    {
        LogEvent logged = new(_time, LogLevel.Information, "poems", default, "sent", null, null, [new Dictionary<string, object?> { ["Id"] = 7 }, "in\nner"]);
        ArrayBufferWriter<byte> with = new(), without = new();
        new TextLogFormat(withTime: false, withScopes: true).Write(logged, with);
        new TextLogFormat(withTime: false).Write(logged, without);
        Assert.Equal(("[poems] Id=7 => in\n\tner => sent\n", "[poems] sent\n"), (Encoding.UTF8.GetString(with.WrittenSpan), Encoding.UTF8.GetString(without.WrittenSpan)));
    }

    [Fact]
    public void Write_Exception_StandsOnIndentedLines() =>
        Assert.Equal("[poems/PoetryFactory#error] failed\n\tSystem.IO.IOException: first\n\tsecond\n", Format(new TextLogFormat(withTime: false), LogLevel.Error, "failed", new IOException("first\nsecond")));

    private static string Format(TextLogFormat format, LogLevel level, string text, Exception? exception = null)
    {
        var output = new ArrayBufferWriter<byte>();
        format.Write(new LogEvent(_time, level, "poems/PoetryFactory", default, text, exception, null), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
