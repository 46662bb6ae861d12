using TacHost.Services;

namespace TacHost.Processes;

/// <summary>The needs of services that start programs.</summary>
internal static class ProgramNeeds
{
    /// <summary>Returns the needs of a program.</summary>
    /// <param name="program">The path or the name of the program.</param>
    /// <param name="user">The user, or null for the user of this process.</param>
    /// <param name="group">The group, or null for that of the user.</param>
    /// <param name="directory">The working directory, or null for that of this process.</param>
    public static IEnumerable<ServiceNeed> Of(string program, string? user, string? group, string? directory = null)
    {
        yield return new ServiceNeed(ServiceNeedKind.Program, program);
        if (user is not null)
            yield return new ServiceNeed(ServiceNeedKind.User, user);
        if (group is not null)
            yield return new ServiceNeed(ServiceNeedKind.Group, group);
        if (directory is not null)
            yield return new ServiceNeed(ServiceNeedKind.Directory, directory);
    }
}
