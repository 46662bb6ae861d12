using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Daemon;

/// <summary>The helper process between a service of root and a program of another user: it switches to the user and then executes the program.</summary>
/// <remarks>
/// posix_spawn(3) cannot change the user, and .NET cannot fork. A thread that changed its own user before the spawn could
/// receive signals from that user. A signal that kills a thread kills the service.
/// Therefore a service starts <c>tachost</c> with these arguments instead of the program (ADR 9).
/// </remarks>
internal static unsafe class ExecAsUser
{
    /// <summary>The first argument, which is not for users.</summary>
    public const string Word = "--exec-as";

    /// <summary>The exit code of a shell that cannot execute a program.</summary>
    private const int CannotExecute = 127;
    private const int WordsBeforeProgram = 6;
    private const int BrokenPipeSignal = 13;
    private const int CloseOnExec = 1;

    /// <summary>Switches to the user and executes the program. Returns only after an error, whose reason is written to the descriptor.</summary>
    /// <param name="args">
    /// <see cref="Word"/>, the user ID, the group ID, the supplementary group IDs, a descriptor for the reason, and the variables to
    /// hide from the program. Then follow the program, its argument 0, and its other arguments. Commas separate the items of a list.
    /// </param>
    public static int Run(string[] args)
    {
        if (args.Length < WordsBeforeProgram + 2 || !TryRead(args, out var user, out var group, out var groups, out var report) || Libc.Fcntl(report, DescriptorCommand.SetFlags, CloseOnExec) < 0)
            return ExitCode.Usage;
        var program = args[WordsBeforeProgram];

        // Load everything that the error path needs while the files of .NET are readable.
        using FileStream reasons = new(new SafeFileHandle(report, ownsHandle: true), FileAccess.Write, bufferSize: 0);
        reasons.Write(ReasonBytes("", 0));
        using CStrings argv = new([.. args[(WordsBeforeProgram + 1)..]]), environment = new(EnvironmentWithout(args[5].Split(',')));

        // The runtime ignores SIGPIPE, and execve(2) would preserve that.
        LibcExecution.ResetSignal(BrokenPipeSignal);
        string refused;
        fixed (uint* first = groups)
        {
            // A group that stays in the supplementary list would keep its privileges.
            refused = LibcIdentity.SetGroups((nuint)groups.Length, first) != 0 ? "cannot change the supplementary groups: "
                : LibcIdentity.SetResGid(group, group, group) != 0 ? "cannot change the group: "
                : LibcIdentity.SetResUid(user, user, user) != 0 ? "cannot change the user: "
                : "";
        }

        if (refused.Length == 0)
            LibcExecution.Execve(program, argv.Pointer, environment.Pointer);
        reasons.Write(ReasonBytes(refused, Marshal.GetLastPInvokeError()));
        return CannotExecute;
    }

    private static byte[] ReasonBytes(string refused, int error) => Encoding.UTF8.GetBytes(Errno.Text(error) is var text && error == 0 ? refused : refused + text);

    private static bool TryRead(string[] args, out uint user, out uint group, out uint[] groups, out int report)
    {
        (user, group, groups, report) = (0, 0, [], 0);
        try
        {
            user = uint.Parse(args[1], NumberStyles.None, CultureInfo.InvariantCulture);
            group = uint.Parse(args[2], NumberStyles.None, CultureInfo.InvariantCulture);
            groups = [.. args[3].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(number => uint.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture))];
            report = int.Parse(args[4], NumberStyles.None, CultureInfo.InvariantCulture);
            return true;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return false;
        }
    }

    private static List<string> EnvironmentWithout(string[] variables)
    {
        var all = Environment.GetEnvironmentVariables();
        return [.. all.Keys.Cast<string>().Where(key => !variables.Contains(key)).Select(key => $"{key}={all[key]}")];
    }
}
