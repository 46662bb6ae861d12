namespace TacHost;

/// <summary>The exit codes. They have the values of sysexits(3), where these fit.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The command line is invalid.</summary>
    public const int Usage = 64;

    /// <summary>The tac file is invalid: it does not compile, or does not define a usable <c>application</c>.</summary>
    public const int BadTac = 65;

    /// <summary>The tac file cannot be read.</summary>
    public const int NoInput = 66;

    public const int NoUser = 67;

    /// <summary>A service failed to start, for example because its port is in use.</summary>
    public const int Unavailable = 69;

    /// <summary>The tac file or a running service threw an exception, or the host has a defect.</summary>
    public const int Software = 70;

    /// <summary>The operating system refused an operation, such as starting another process.</summary>
    public const int OperatingSystem = 71;

    /// <summary>The pid file or the log cannot be written.</summary>
    public const int CannotCreate = 73;

    public const int TimedOut = 75;

    /// <summary>The operation requires root.</summary>
    public const int NoPermission = 77;

    /// <summary>Another instance holds the pid file.</summary>
    public const int AlreadyRunning = 78;

    /// <summary>The start was interrupted by a signal, whose number is added.</summary>
    public const int Signalled = 128;
}
