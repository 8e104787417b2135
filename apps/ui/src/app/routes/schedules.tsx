import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { readScheduleSearch } from '../../features/schedules/list-search.ts';
import { dotParams } from './dot-params.ts';
import { namespaceRoute } from './namespace.tsx';

const listRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: 'schedules',
  validateSearch: readScheduleSearch,
  component: lazyRouteComponent(() => import('../../features/schedules/list/list-page.tsx'), 'ScheduleListPage'),
});

const createScheduleRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: 'schedules/create',
  component: lazyRouteComponent(() => import('../../features/schedules/form/form-page.tsx'), 'CreateSchedulePage'),
});

const scheduleRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: 'schedules/$scheduleId',
  params: dotParams<Record<'scheduleId', string>>('scheduleId'),
  component: lazyRouteComponent(() => import('../../features/schedules/page/schedule-page.tsx'), 'SchedulePage'),
});

const editRoute = createRoute({
  getParentRoute: () => namespaceRoute,
  path: 'schedules/$scheduleId/edit',
  params: dotParams<Record<'scheduleId', string>>('scheduleId'),
  component: lazyRouteComponent(() => import('../../features/schedules/form/form-page.tsx'), 'EditSchedulePage'),
});

export const scheduleRoutes = [listRoute, createScheduleRoute, scheduleRoute, editRoute] as const;
