using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Diagnostics.Runtime;
using TacHost.CommandLine;
using TacHost.Control.Wire;
using TacHost.Daemon;

namespace TacHost.Dumping;

/// <summary>Reads the managed stacks of another process from its memory, without its help: the hidden request <see cref="StacksProcess.Word"/> (ADR 50). The other process is stopped meanwhile.</summary>
internal static class StackReader
{
    private const int MostFrames = 200;
    private const string Box = "+AsyncStateMachineBox<";
    private const string State = "<>1__state";

    /// <summary>The time after which the search for waiting methods ends, because a heap can be large.</summary>
    private static readonly TimeSpan _longestSearch = TimeSpan.FromSeconds(2);

    /// <summary>Waits for the end of standard input, then reads and prints.</summary>
    public static int Run(string[] args)
    {
        Console.In.ReadToEnd();
        var target = int.Parse(args[1], CultureInfo.InvariantCulture);
        var temporary = Directory.CreateTempSubdirectory("tachost-dump-").FullName;
        try
        {
            // The library makes a directory for symbols among the temporary files, even if it needs none.
            Environment.SetEnvironmentVariable("TMPDIR", temporary);
            Terminal.Write(JsonSerializer.Serialize(Read(target), ControlJson.Default.StacksReport));
            return ExitCode.Success;
        }
        catch (Exception e)
        {
            // Not only exceptions of the library: the memory of the process can be in any state.
            Terminal.WriteError($"cannot read the stacks of process {target}: {e.Message} The kernel permits it to root, and to the user of a process that has not changed its user. A container needs the capability SYS_PTRACE, and 'kernel.yama.ptrace_scope' must be 0 or 1.\n");
            return ExitCode.NoPermission;
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    private static StacksReport Read(int process)
    {
        using var target = DataTarget.AttachToProcess(process, suspend: true);
        var clr = target.ClrVersions.FirstOrDefault() ?? throw new InvalidOperationException("It has no .NET runtime.");
        using var runtime = clr.CreateRuntime(DataAccessOf(clr), ignoreMismatch: true); // it lies beside the runtime
        List<ThreadReport> threads = [];
        foreach (var thread in runtime.Threads.Where(each => each.IsAlive))
        {
            List<string> frames = [.. thread.EnumerateStackTrace(includeContext: false, MostFrames).Select(NameOf).OfType<string>()];
            if (frames.Count > 0)
                threads.Add(new ThreadReport((int)thread.OSThreadId, ThreadNameOf(process, thread.OSThreadId), ExceptionOf(thread), frames));
        }

        return new StacksReport(threads, Awaiting(runtime));
    }

    /// <summary>Returns the library beside the runtime that understands its memory. Root takes only the one of its own .NET: the process of another user could name any file.</summary>
    private static string DataAccessOf(ClrInfo clr)
    {
        const string runtime = "/libcoreclr.so";
        var directory = Path.GetDirectoryName(clr.ModuleInfo.FileName)!;
        var own = File.ReadLines("/proc/self/maps").FirstOrDefault(line => line.EndsWith(runtime, StringComparison.Ordinal)) is { } line ? line[line.IndexOf('/', StringComparison.Ordinal)..^runtime.Length] : null;
        return directory == own || !Environment.IsPrivilegedProcess
            ? Path.Combine(directory, "libmscordaccore.so")
            : throw new InvalidOperationException($"It runs on another .NET than this program, in '{directory}'. Run the command as its user.");
    }

    private static string? NameOf(ClrStackFrame frame) =>
        frame.Method is { Type.Name: { } type, Name: { } method } && !type.StartsWith('(') ? $"{type}.{method}" : null;

    private static string? ExceptionOf(ClrThread thread) => thread.CurrentException is { } e ? $"{e.Type.Name}: {e.Message}" : null;

    private static string ThreadNameOf(int process, uint thread)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/task/{thread}/comm").TrimEnd();
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>Finds async methods that wait: their state machines are on the heap.</summary>
    private static List<AwaitReport> Awaiting(ClrRuntime runtime)
    {
        var began = Stopwatch.GetTimestamp();
        Dictionary<string, int> found = [];
        Dictionary<ulong, string?> methods = [];
        foreach (var each in runtime.Heap.EnumerateObjects())
        {
            if (each.Type is not { Name: { } name } type || !each.IsValid)
                continue;
            if (!methods.TryGetValue(type.MethodTable, out var method))
                methods[type.MethodTable] = method = MethodOf(name);
            if (method is not null && IsWaiting(each, type))
                found[method] = found.GetValueOrDefault(method) + 1;
            if (Stopwatch.GetElapsedTime(began) > _longestSearch)
                break;
        }

        return [.. found.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => new AwaitReport(each.Key, each.Value))];
    }

    /// <summary>Returns whether a state machine is at an await. It is a class if the method was compiled without optimization.</summary>
    private static bool IsWaiting(ClrObject box, ClrType type)
    {
        const string field = "StateMachine";
        if (type.GetFieldByName(field) is not { } machine)
            return false;
        if (!machine.IsValueType)
            return box.TryReadObjectField(field, out var instance) && instance.Type?.GetFieldByName(State) is not null && instance.ReadField<int>(State) >= 0;
        return machine.Type?.GetFieldByName(State) is not null && box.ReadValueTypeField(field).ReadField<int>(State) >= 0;
    }

    /// <summary>Returns <c>Poem.OnStopAsync</c> for <c>…+AsyncStateMachineBox&lt;Poem+&lt;OnStopAsync&gt;d__3&gt;</c>, or null for other types.</summary>
    private static string? MethodOf(string type)
    {
        var at = type.IndexOf(Box, StringComparison.Ordinal);
        if (at < 0)
            return null;
        var machine = type[(at + Box.Length)..].TrimEnd('>');
        var (open, close) = (machine.LastIndexOf("+<", StringComparison.Ordinal), machine.LastIndexOf('>'));
        return open > 0 && close > open ? $"{machine[..open]}.{machine[(open + 2)..close]}" : machine;
    }
}
