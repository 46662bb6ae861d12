using TacHost.Control.Server;
using TacHost.Control.Wire;
using TacHost.Logging;
using TacHost.Native;

namespace TacHost.Hosting.Operations;

/// <summary>Reports the operations that the tree is waiting for, and permits another process to read the stacks of this one (ADR 50).</summary>
internal static class DumpOperation
{
    private const int SetTracer = 0x59616d61; // PR_SET_PTRACER

    /// <summary>Executes the method <c>dump</c>: a notification, and the permission until the client disconnects.</summary>
    public static async Task RunAsync(HostProcess process, ControlCall call, CancellationToken gone)
    {
        HostLog.DumpAsked(process.Log.Host, Accounts.User(call.Caller.User)?.Name ?? call.Caller.User.ToString(System.Globalization.CultureInfo.InvariantCulture), call.Caller.Process);

        // Has an effect only where Yama restricts ptrace(2) to ancestors.
        _ = LibcIdentity.Prctl(SetTracer, (nuint)(call.Number("tracer") ?? 0), 0, 0, 0);
        try
        {
            if (call.Notify(new DumpReport(Reports.WithServices(process), ThreadPool.ThreadCount, ThreadPool.PendingWorkItemCount), ControlJson.Default.DumpReport))
                await process.Ended.WaitAsync(gone);
        }
        catch (OperationCanceledException)
        {
            // The client has read the stacks.
        }
        finally
        {
            _ = LibcIdentity.Prctl(SetTracer, 0, 0, 0, 0);
        }
    }
}
