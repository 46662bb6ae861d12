using TacHost.Native;

namespace TacHost.Processes;

/// <summary>Starts a program as the leader of its own session, which <c>Process</c> does not support.</summary>
internal static class SpawnedProcess
{
    /// <summary>The number of the report descriptor in a program started on a socket.</summary>
    public const int ReportDescriptor = 3;

    private const int FirstOther = 3;

    /// <summary>Starts a program without a terminal, with /dev/null as its input, default signals, and only the three standard descriptors.</summary>
    /// <param name="command">The program and its arguments. A name without a slash is searched in PATH.</param>
    /// <param name="environment">The environment, as <c>NAME=value</c>.</param>
    /// <param name="directory">The working directory, or null for the current one.</param>
    /// <param name="output">The descriptor for standard output.</param>
    /// <param name="errors">The descriptor for standard error.</param>
    /// <param name="report">The descriptor to duplicate to <see cref="ReportDescriptor"/>, or null.</param>
    /// <param name="process">The process ID, which is also the ID of the process group and session.</param>
    /// <returns>0, or an error number.</returns>
    public static int Start(IReadOnlyList<string> command, IReadOnlyCollection<string> environment, string? directory, int output, int errors, int? report, out int process)
    {
        using SpawnRequest request = new();
        request.Open(0, "/dev/null", OpenFlags.ReadOnly);
        request.Duplicate(output, 1);
        request.Duplicate(errors, 2);
        RetainReport(request, report);
        if (directory is not null)
            request.ChangeDirectory(directory);
        return request.Start(command[0], command, environment, out process);
    }

    /// <summary>
    /// Starts a program with a socket as its standard input, output and error. The program has no
    /// terminal, default signals, and no other descriptors except an optional one for reports.
    /// </summary>
    /// <param name="program">The path of the program.</param>
    /// <param name="arguments">The arguments, starting with argument 0.</param>
    /// <param name="environment">The environment, as <c>NAME=value</c>.</param>
    /// <param name="socket">The descriptor of the socket.</param>
    /// <param name="report">The descriptor to duplicate to <see cref="ReportDescriptor"/>, or null.</param>
    /// <param name="process">The process ID, which is also the ID of the process group and session.</param>
    /// <returns>0, or an error number.</returns>
    public static int StartOnSocket(string program, IReadOnlyList<string> arguments, IReadOnlyCollection<string> environment, int socket, int? report, out int process)
    {
        using SpawnRequest request = new();
        for (var descriptor = 0; descriptor < FirstOther; descriptor++)
            request.Duplicate(socket, descriptor);
        RetainReport(request, report);
        return request.Start(program, arguments, environment, out process);
    }

    /// <summary>Closes all descriptors but the standard ones and the one for reports.</summary>
    private static void RetainReport(SpawnRequest request, int? report)
    {
        if (report is { } descriptor)
            request.Duplicate(descriptor, ReportDescriptor);
        request.CloseFrom(report is null ? FirstOther : ReportDescriptor + 1);
    }
}
