namespace TacHost;

/// <summary>The exit codes, with the values and meanings of sysexits(3).</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary>The tac file is wrong: it does not compile, or leaves no usable <c>application</c>.</summary>
    public const int BadTac = 65;

    /// <summary>The tac file cannot be read.</summary>
    public const int NoInput = 66;

    /// <summary>There is no such user or group.</summary>
    public const int NoUser = 67;

    /// <summary>A service did not start, for instance because its port is taken.</summary>
    public const int Unavailable = 69;

    /// <summary>The tac or a running service threw, or the host has a defect.</summary>
    public const int Software = 70;

    /// <summary>The operating system refused something, such as another process.</summary>
    public const int OperatingSystem = 71;

    /// <summary>The pid file or the log cannot be written.</summary>
    public const int CannotCreate = 73;

    /// <summary>The start or the stop took too long.</summary>
    public const int TimedOut = 75;

    /// <summary>It takes root to do what was asked for.</summary>
    public const int NoPermission = 77;

    /// <summary>Another instance holds the pid file.</summary>
    public const int AlreadyRunning = 78;

    /// <summary>The start was interrupted by a signal; its number is added.</summary>
    public const int Signalled = 128;
}
