using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using TacHost.Interop;

namespace TacHost.Daemon;

/// <summary>The step between a service of root's and a program of another user's: this process becomes that user, and then that program.</summary>
/// <remarks>
/// posix_spawn(3) cannot change the user, and .NET cannot fork. A thread that changed its own user before it spawned would be open to the signals of that
/// user meanwhile, and a signal that ends one thread ends the service. So a service starts <c>tachost</c> with these words in place of the program (ADR 8).
/// </remarks>
internal static unsafe class OtherUserProgram
{
    /// <summary>The first word, which no user writes.</summary>
    public const string Word = "--exec-as";

    /// <summary>What a shell says of a program that it cannot start.</summary>
    private const int CannotExecute = 127;
    private const int WordsBeforeProgram = 6;
    private const int BrokenPipeSignal = 13;
    private const int CloseOnExec = 1;

    /// <summary>Becomes the user and the program. Returns only if that failed, having written the reason to the descriptor.</summary>
    /// <param name="args"><see cref="Word"/>, user, group, supplementary groups with commas between, a descriptor for the reason, the variables that the program is not to see with commas between, the program, its argument 0, and its other arguments.</param>
    public static int Run(string[] args)
    {
        if (args.Length < WordsBeforeProgram + 2 || !TryRead(args, out var user, out var group, out var groups, out var report) || Libc.ControlDescriptor(report, DescriptorCommand.SetFlags, CloseOnExec) < 0)
            return ExitCode.Usage;
        var program = args[WordsBeforeProgram];
        fixed (uint* first = groups)
        {
            // A group that the supplementary list still held would be as good as not given up.
            var refused = Libc.SetGroups((nuint)groups.Length, first) != 0 ? "the supplementary groups"
                : Libc.SetGroupIds(group, group, group) != 0 ? $"group {group}"
                : Libc.SetUserIds(user, user, user) != 0 ? $"user {user}"
                : null;
            if (refused is not null)
                return Report(report, $"cannot change {refused}: {Errno.Text(Marshal.GetLastPInvokeError())}");
        }

        // .NET ignores it, and what is ignored stays so.
        Libc.ResetSignal(BrokenPipeSignal);
        using CStrings argv = new([.. args[(WordsBeforeProgram + 1)..]]), environment = new(EnvironmentWithout(args[5].Split(',')));
        Libc.Execute(program, argv.Pointer, environment.Pointer);
        return Report(report, Errno.Text(Marshal.GetLastPInvokeError()));
    }

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

    private static int Report(int descriptor, string reason)
    {
        using FileStream pipe = new(new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 0);
        pipe.Write(Encoding.UTF8.GetBytes(reason));
        return CannotExecute;
    }
}
