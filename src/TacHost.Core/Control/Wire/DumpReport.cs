namespace TacHost.Control.Wire;

/// <summary>The notification of the method <c>dump</c>: the tree, and the thread pool.</summary>
/// <param name="Status">The process and its services.</param>
/// <param name="PoolThreads">The number of threads of the thread pool.</param>
/// <param name="PendingWorkItems">The number of work items that wait for a thread.</param>
internal sealed record DumpReport(StatusReport Status, int PoolThreads, long PendingWorkItems);

/// <summary>The managed code that a process executes, as read from outside.</summary>
/// <param name="Threads">The threads with managed frames.</param>
/// <param name="Awaiting">The async methods that wait, with the number of their calls.</param>
internal sealed record StacksReport(IReadOnlyList<ThreadReport> Threads, IReadOnlyList<AwaitReport> Awaiting);

/// <summary>A thread.</summary>
/// <param name="Id">The ID, as the operating system has it.</param>
/// <param name="Name">The name, of at most 15 characters.</param>
/// <param name="Exception">The exception that is being handled, or null.</param>
/// <param name="Frames">The methods, the innermost first.</param>
internal sealed record ThreadReport(int Id, string Name, string? Exception, IReadOnlyList<string> Frames);

/// <summary>An async method that waits.</summary>
/// <param name="Method">The method.</param>
/// <param name="Count">The number of calls that wait.</param>
internal sealed record AwaitReport(string Method, int Count);

/// <summary>The output of <c>tachost dump --json</c>.</summary>
/// <param name="Tree">The tree, or null if the process did not answer.</param>
/// <param name="Stacks">The stacks, or null if they cannot be read.</param>
internal sealed record ProcessDump(DumpReport? Tree, StacksReport? Stacks);
