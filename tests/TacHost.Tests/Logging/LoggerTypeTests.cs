using TacHost.Logging;

namespace TacHost.Tests.Logging;

public sealed class LoggerTypeTests
{
    private static readonly string[] _directories = [AppContext.BaseDirectory];

    [Theory]
    [InlineData("TacHost.Tests.Logging.ListLoggerProvider", "it has no assembly name. Write 'Namespace.Type, Assembly'")]
    [InlineData("TacHost.Tests.Logging.ListLoggerProvider,", "it has no assembly name")]
    [InlineData("A.B, No.Such.Assembly", "there is no 'No.Such.Assembly.dll'")]
    [InlineData("TacHost.Tests.Logging.NoSuchType, TacHost.Tests", "there is no such type in 'TacHost.Tests'")]
    [InlineData("TacHost.Tests.Logging.LoggerTypeTests, TacHost.Tests", "it is not an ILoggerProvider")]
    [InlineData("TacHost.Tests.Logging.ThrowingLoggerProvider, TacHost.Tests", "its constructor threw InvalidOperationException: no server")]
    public void Create_WrongName_SaysWhy(string name, string reason)
    {
        var e = Assert.Throws<TacHostException>(() => LoggerType.Create(name, _directories));
        Assert.Equal(ExitCode.Usage, e.ExitCode);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }
}
