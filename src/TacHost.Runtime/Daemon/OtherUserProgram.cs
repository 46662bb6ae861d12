using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using TacHost.Interop;

namespace TacHost.Daemon;

/// <summary>The step between a service of root's and a program of another user's: this process becomes that user, and then that program.</summary>
/// <remarks>
/// posix_spawn(3) cannot change the user, and .NET cannot fork. A thread that changed its own user before it spawned would be open to the signals of that
/// user meanwhile, and a signal that ends one thread ends the service. So a service starts <c>tachost</c> with these words in place of the program (ADR 9).
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

        // All that .NET might still have to load for this is loaded while its files can be read.
        using FileStream reasons = new(new SafeFileHandle(report, ownsHandle: true), FileAccess.Write, bufferSize: 0);
        reasons.Write(ReasonBytes("", 0));
        using CStrings argv = new([.. args[(WordsBeforeProgram + 1)..]]), environment = new(EnvironmentWithout(args[5].Split(',')));

        // .NET ignores it, and what is ignored stays so.
        Libc.ResetSignal(BrokenPipeSignal);
        string refused;
        fixed (uint* first = groups)
        {
            // A group that the supplementary list still held would be as good as not given up.
            refused = Libc.SetGroups((nuint)groups.Length, first) != 0 ? "cannot change the supplementary groups: "
                : Libc.SetGroupIds(group, group, group) != 0 ? "cannot change the group: "
                : Libc.SetUserIds(user, user, user) != 0 ? "cannot change the user: "
                : "";
        }

        if (refused.Length == 0)
            Libc.Execute(program, argv.Pointer, environment.Pointer);
        reasons.Write(ReasonBytes(refused, Marshal.GetLastPInvokeError()));
        return CannotExecute;
    }

    /// <summary>A reason in words; nothing for no error.</summary>
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
